// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/uninit_check.hpp"

#include "isa/tools/syntax.hpp"
#include "platform/checks/transfer_pieces.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace flexv::platform {

namespace {

// Registers of the UART's channel into memory, docs/spec/firmware_abi.md.
constexpr Address kReceiveAddress = memory_map::kUart.base;
constexpr Address kReceiveSize = memory_map::kUart.base + 4;

u32 low_bytes(unsigned bytes) { return bytes >= 4 ? ~0U : (1U << (8 * bytes)) - 1; }

}  // namespace

/// One core.
class UninitCheck::CoreObserver final : public core::Observer {
public:
    CoreObserver(UninitCheck& owner, core::Core& core)
        : owner_(owner), core_(core), view_(owner.soc_.view_of(core)) {}

    void before(const core::Execution& execution, isa::Hart& hart) override {
        if (execution.previous.slot == nullptr)
            values_.forget();
        if (const auto use = values_.control_use(execution.row, execution.slot.op, hart))
            tell(execution, use->what, use->registers);
        loaded_.reset();
        if (execution.memory)
            check_access(execution);
        values_.execute(execution.row, execution.slot.op, hart, loaded_);
    }
    void after(const core::Execution& /*execution*/, isa::Hart& /*hart*/) override {}

private:
    void check_access(const core::Execution& execution) {
        const core::MemoryAccess& memory = *execution.memory;
        if (const auto use = values_.address_use(execution.row, execution.slot.op))
            tell(execution, use->what, use->registers);
        const auto place = owner_.places_.at(view_.absolute(memory.address));
        if (memory.is_write)
            store(execution, place);
        else if (place)
            load(execution, *place);
    }

    void store(const core::Execution& execution, const std::optional<MemoryPlaces::Place>& place) {
        const core::MemoryAccess& memory = *execution.memory;
        const unsigned source = execution.slot.op.rs2;
        const u32 undefined = values_.mask(source) & low_bytes(memory.bytes);
        if (place)
            return owner_.memory_.store(place->address, memory.bytes, undefined);
        if (undefined != 0)
            tell(execution, "a register of a device is written with", 1U << source);
        if (memory.address == kReceiveAddress)
            owner_.receive_address_ = memory.data;
        else if (memory.address == kReceiveSize)
            owner_.define(owner_.receive_address_, memory.data);
    }

    /// A byte that is not 0, and that no core, transfer or loader has touched, was written by
    /// another master.
    void load(const core::Execution& execution, const MemoryPlaces::Place& place) {
        const core::MemoryAccess& memory = *execution.memory;
        u32 undefined = owner_.memory_.load(place.address, memory.bytes);
        for (unsigned i = 0; undefined != 0 && i < memory.bytes; ++i)
            if ((memory.data >> (8 * i) & 0xFF) != 0 &&
                owner_.memory_.is_untouched(place.address + i))
                undefined &= ~(0xFFU << (8 * i));
        loaded_ = UndefinedValues::Loaded{
            .value = memory.data,
            .undefined = undefined,
            .origin = {.is_memory = true,
                       .address = place.address + unsigned(std::countr_zero(undefined)) / 8,
                       .loaded_at = execution.pc}};
        if (place.is_test_and_set)
            owner_.memory_.define(place.address, memory.bytes);
    }

    /// Once: from now on the values are taken for defined.
    void tell(const core::Execution& execution, const char* what, u32 registers) {
        const unsigned number = unsigned(std::countr_zero(registers));
        const ValueOrigin& origin = values_.origin(number);
        const std::string who = short_name(core_);
        std::vector<RawSide> sides = {{.who = who,
                                       .does = fmt::format("uses {}", isa::kRegisterNames[number]),
                                       .pc = execution.pc,
                                       .cycle = owner_.soc_.cluster_cycle(core_, execution.cycle)}};
        if (origin.is_memory)
            sides.push_back({.who = who,
                             .does = "has loaded it",
                             .pc = origin.loaded_at,
                             .cycle = sides.front().cycle});
        const std::string source = origin.is_memory
                                       ? fmt::format("memory that nobody has written: {}",
                                                     owner_.findings_.name_of(origin.address))
                                       : fmt::format("a register that nobody has written: {}",
                                                     isa::kRegisterNames[origin.number]);
        const bool is_zeros = origin.is_memory && owner_.is_in_zeros(origin.address);
        for (u32 rest = registers; rest != 0; rest &= rest - 1)
            values_.define(unsigned(std::countr_zero(rest)));
        owner_.findings_.add("uninit", what, fmt::format("{} {}", what, source), sides,
                             is_zeros ? "it lies behind the contents of its segment, as .bss does: "
                                        "the start-up code has to clear it"
                                      : "give it a value before it is used");
    }

    UninitCheck& owner_;
    core::Core& core_;
    const CoreView view_;
    UndefinedValues values_;
    std::optional<UndefinedValues::Loaded> loaded_;  // by the instruction that executes
};

UninitCheck::UninitCheck(Soc& soc, const ElfImage& image, Findings& findings)
    : soc_(soc),
      image_(image),
      findings_(findings),
      places_(soc.memories(), soc.clusters.all().size()) {
    load_image();
    for (core::Core* core : soc.cores()) {
        observers_.push_back(std::make_unique<CoreObserver>(*this, *core));
        core->probes.instruction.attach(*observers_.back());
    }
    for (Cluster* const cluster : soc.clusters.all())
        cluster->dma.command_probe.attach(
            [this, number = cluster->number()](const dma::AcceptedCommand& accepted, Cycles) {
                transfer(number, accepted.command);
            });
    soc.outside_write_probe.attach(
        [this](Address address, unsigned bytes) { define(address, bytes); });
}

UninitCheck::~UninitCheck() = default;

void UninitCheck::load_image() {
    for (const ElfImage::Segment& segment : placed_segments(image_, places_.memories()))
        define(segment.physical_address, segment.bytes.size());
}

void UninitCheck::define(Address address, u64 bytes) {
    for (u64 i = 0; i < bytes; ++i)
        if (const auto place = places_.at(address + Address(i)))
            memory_.define(place->address, 1);
}

/// What a loader fills with 0.
bool UninitCheck::is_in_zeros(Address address) const {
    return std::ranges::any_of(image_.segments(), [address](const ElfImage::Segment& segment) {
        const Address offset = address - segment.physical_address;
        return offset < segment.memory_size && offset >= segment.bytes.size();
    });
}

/// The bytes are as defined as they were where they come from; those of a device are.
void UninitCheck::transfer(unsigned cluster, const dma::Command& command) {
    for (const TransferPiece& piece : pieces_of(command)) {
        const Address tcdm = places_.in_tcdm(piece.tcdm, cluster);
        const auto external = places_.at(piece.external);
        if (command.is_receive && external && command.increments)
            memory_.copy(tcdm, external->address, piece.bytes);
        else if (command.is_receive)
            memory_.define(tcdm, piece.bytes);
        else if (external && command.increments)
            memory_.copy(external->address, tcdm, piece.bytes);
    }
}

}  // namespace flexv::platform
