// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/dma_check.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

/// One core.
class DmaCheck::CoreObserver final : public core::Observer {
public:
    CoreObserver(DmaCheck& owner, core::Core& core)
        : owner_(owner), core_(core), view_(owner.soc_.view_of(core)) {}

    void before(const core::Execution& /*execution*/, isa::Hart& /*hart*/) override {}
    void after(const core::Execution& execution, isa::Hart& /*hart*/) override {
        if (!execution.memory)
            return;
        const core::MemoryAccess& memory = *execution.memory;
        const Address address = view_.absolute(memory.address);
        if (!owner_.running_.empty())
            if (const auto place = owner_.places_.at(address))
                return owner_.touch(side(execution), place->address, memory.bytes, memory.is_write);
        if (const auto reg = dma_register_at(address))
            on_register(*reg, execution);
    }

private:
    void on_register(const DmaRegister& reg, const core::Execution& execution) {
        using enum DmaRegister::Name;
        const core::MemoryAccess& memory = *execution.memory;
        if (reg.name == command && !memory.is_write)
            owner_.allocated({reg.cluster, memory.data}, side(execution));
        if (reg.name == status && memory.is_write)
            owner_.freed(reg.cluster, memory.data, side(execution));
        else if (reg.name == status)
            owner_.end_those_not_in(reg.cluster, memory.data);
    }
    [[nodiscard]] RawSide side(const core::Execution& execution) const {
        return {.who = short_name(core_),
                .does = {},
                .pc = execution.pc,
                .cycle = owner_.soc_.cluster_cycle(core_, execution.cycle)};
    }

    DmaCheck& owner_;
    core::Core& core_;
    const CoreView view_;
};

DmaCheck::DmaCheck(Soc& soc, Findings& findings)
    : soc_(soc),
      findings_(findings),
      places_(soc.memories(), soc.clusters.all().size()),
      owners_(soc.clusters.all().size()) {
    for (core::Core* core : soc.cores()) {
        observers_.push_back(std::make_unique<CoreObserver>(*this, *core));
        core->probes.instruction.attach(*observers_.back());
    }
    for (Cluster* const cluster : soc.clusters.all()) {
        const unsigned number = cluster->number();
        cluster->dma.command_probe.attach(
            [this, number](const dma::AcceptedCommand& accepted, Cycles now) {
                begin(number, accepted, now);
            });
        cluster->dma.end_probe.attach([this, number](const dma::Notice& notice, Cycles) {
            end({number, notice.id});
        });
    }
}

DmaCheck::~DmaCheck() = default;

void DmaCheck::begin(unsigned cluster, const dma::AcceptedCommand& accepted, Cycles now) {
    const dma::Command& command = accepted.command;
    const std::string_view name =
        accepted.cause.is_known() ? accepted.cause.initiator : "nobody known";
    Transfer transfer{.id = {cluster, accepted.id},
                      .is_receive = command.is_receive,
                      .ranges = {},
                      .first = ~0U,
                      .issuer = {.who = std::string(name.substr(name.find('.') + 1)),
                                 .does = fmt::format("has started transfer {} of {} bytes {} the "
                                                     "TCDM",
                                                     accepted.id, command.length_bytes,
                                                     command.is_receive ? "to" : "from"),
                                 .pc = accepted.cause.pc,
                                 .cycle = ClusterCycles(now)}};
    for (const TransferPiece& piece : pieces_of(command)) {
        transfer.ranges.push_back({.first = places_.in_tcdm(piece.tcdm, cluster),
                                   .bytes = piece.bytes,
                                   .is_written = command.is_receive});
        const auto external = places_.at(piece.external);
        if (external && command.increments)
            transfer.ranges.push_back({.first = external->address,
                                       .bytes = piece.bytes,
                                       .is_written = !command.is_receive});
    }
    for (const Range& range : transfer.ranges) {
        transfer.first = std::min(transfer.first, range.first);
        transfer.last = std::max(transfer.last, range.first + (range.bytes - 1));
    }
    for (const Transfer& older : running_)
        compare(older, transfer);
    running_.push_back(std::move(transfer));
}

void DmaCheck::end(const Identifier& id) {
    std::erase_if(running_, [&id](const Transfer& transfer) { return transfer.id == id; });
}

/// Who reads STATUS knows which transfers have ended.
void DmaCheck::end_those_not_in(unsigned cluster, u32 active) {
    std::erase_if(running_, [cluster, active](const Transfer& transfer) {
        return transfer.id.cluster == cluster && (active >> transfer.id.number & 1) == 0;
    });
}

/// The first range that must not be touched like this.
const DmaCheck::Range* DmaCheck::range_at(const Transfer& transfer, Address address, u32 bytes,
                                          bool is_write) {
    if (address > transfer.last || address + (bytes - 1) < transfer.first)
        return nullptr;
    const auto is_hit = [&](const Range& range) {
        return (range.is_written || is_write) && range.overlaps(address, bytes);
    };
    const auto found = std::ranges::find_if(transfer.ranges, is_hit);
    return found == transfer.ranges.end() ? nullptr : &*found;
}

void DmaCheck::touch(const RawSide& who, Address address, u32 bytes, bool is_write) {
    for (const Transfer& transfer : running_) {
        const Range* const range = range_at(transfer, address, bytes, is_write);
        if (range == nullptr)
            continue;
        RawSide side = who;
        side.does = fmt::format("{} {} bytes there", is_write ? "writes" : "reads", bytes);
        findings_.add("dma", "touch",
                      fmt::format("{} is {} while transfer {} {} it", findings_.name_of(address),
                                  is_write ? "written" : "read", transfer.id.text(),
                                  range->is_written ? "writes" : "reads"),
                      {side, transfer.issuer},
                      "wait until STATUS shows that the transfer has ended, or for its event");
        return;
    }
}

/// Transfers of one direction are carried out in order, the two directions at once.
void DmaCheck::compare(const Transfer& older, const Transfer& newer) {
    if (older.is_receive == newer.is_receive)
        return;
    for (const Range& range : newer.ranges) {
        const Range* const other = range_at(older, range.first, range.bytes, range.is_written);
        if (other == nullptr)
            continue;
        findings_.add(
            "dma", "transfers",
            fmt::format("transfers {} and {} go in both directions at once and meet at {}",
                        older.id.text(), newer.id.text(),
                        findings_.name_of(std::max(range.first, other->first))),
            {newer.issuer, older.issuer},
            "wait for the end of the first before the second is started");
        return;
    }
}

void DmaCheck::allocated(const Identifier& id, const RawSide& by) {
    if (id.number >= kIds)
        return;
    Owner& owner = owners_[id.cluster][id.number];
    owner = by;
    owner->does = fmt::format("has got identifier {}", id.text());
}

void DmaCheck::freed(unsigned cluster, u32 mask, const RawSide& by) {
    for (unsigned number = 0; number < kIds; ++number)
        if ((mask >> number & 1) != 0)
            freed({cluster, number}, by);
}

void DmaCheck::freed(const Identifier& id, RawSide by) {
    by.does = fmt::format("frees identifier {}", id.text());
    const bool is_running = std::ranges::find(running_, id, &Transfer::id) != running_.end();
    const Owner owner = std::exchange(owners_[id.cluster][id.number], std::nullopt);
    if (!owner)
        findings_.add("dma", "twice",
                      fmt::format("identifier {} is freed, but nobody has it: it was freed "
                                  "before, or never allocated",
                                  id.text()),
                      {by}, "free each identifier once, behind the end of its transfers");
    else if (is_running)
        findings_.add("dma", "early",
                      fmt::format("identifier {} is freed while its transfer goes on", id.text()),
                      {by, *owner},
                      "wait for its end first: whoever gets it next waits for the wrong one");
}

void DmaCheck::finish() {
    for (unsigned cluster = 0; cluster < owners_.size(); ++cluster)
        for (unsigned number = 0; number < kIds; ++number) {
            const Identifier id{cluster, number};
            if (const Owner& owner = owners_[cluster][number])
                findings_.add(
                    "dma", "never " + id.text(),
                    fmt::format("identifier {} was never freed", id.text()), {*owner},
                    "store 1 << id to STATUS when the transfer has ended; with none left, "
                    "the next one waits for ever",
                    true);
        }
}

std::string DmaCheck::Identifier::text() const {
    return cluster == 0 ? std::to_string(number) : fmt::format("{} of cluster{}", number, cluster);
}

}  // namespace flexv::platform
