// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/race_check.hpp"

#include "platform/checks/dma_port.hpp"
#include "platform/checks/loaded_values.hpp"
#include "platform/checks/transfer_pieces.hpp"
#include "platform/checks/undefined_values.hpp"
#include "platform/probes/store_under_way.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace flexv::platform {

namespace {

using Kind = SyncObject::Kind;

constexpr Address kDeviceBytes = memory_map::kPeripheralSlotBytes;
constexpr Address kVectorBytes = 0x80;

SyncObject device_at(Address address) { return {Kind::device, address / kDeviceBytes}; }

}  // namespace

/// One core.
class RaceCheck::CoreObserver final : public core::Observer {
public:
    CoreObserver(RaceCheck& owner, core::Core& core, unsigned agent)
        : owner_(owner),
          core_(core),
          view_(owner.soc_.view_of(core)),
          agent_(agent),
          cluster_(owner.soc_.cluster_of(core)) {}

    void before(const core::Execution& execution, isa::Hart& hart) override {
        RaceDetector& detector = owner_.detector_;
        if (execution.previous.slot == nullptr) {
            take({Kind::device, SyncObject::kAll});
            doubtful_.define_all();
            pairs_.clear();
            loaded_.forget();
        } else if (execution.previous.slot->timing == isa::Timing::wfi)
            detector.take_all(agent_);
        const Address vector = execution.pc - hart.mtvec;
        if (vector < kVectorBytes)
            enter_vector(vector / 4);
        if (!pairs_.empty())
            follow_doubtful(execution, hart);
        loaded_.follow(execution.row, execution.slot.op, hart);
        std::optional<UndefinedValues::Loaded> loaded;
        if (execution.memory)
            loaded = look_at(execution);
        if (loaded || !pairs_.empty())
            doubtful_.execute(execution.row, execution.slot.op, hart, loaded);
        if (!pairs_.empty() && doubtful_.are_all_defined())
            pairs_.clear();
    }

    void after(const core::Execution& /*execution*/, isa::Hart& /*hart*/) override {}

    [[nodiscard]] const core::Core& core() const { return core_; }
    /// Whether what `pair.earlier` has brought this core has made a difference; where that is open,
    /// it is told when it does.
    [[nodiscard]] bool mattered(const Pair& pair) {
        using enum LoadedValues::Difference;
        const LoadedValues::Verdict verdict =
            loaded_.verdict(pair.earlier.number, pair.later.address, pair.later.bytes);
        if (verdict.difference == open) {
            doubtful_.undefine(verdict.rd, verdict.bits,
                               {.is_memory = true,
                                .address = pair.later.address,
                                .number = unsigned(pairs_.size())});
            pairs_.push_back(pair);
        }
        return verdict.difference == made;
    }

private:
    void take(const SyncObject& object) {
        if (owner_.soc_.clusters.all().size() > 1 || owner_.soc_.fabric_controller)
            for (const auto& other : owner_.observers_)
                if (other.get() != this)
                    other->signal_store_under_way();
        owner_.detector_.take(agent_, object);
    }

    void signal_store_under_way() {
        const auto store = store_under_way(core_);
        if (!store)
            return;
        const Address address = view_.absolute(store->address);
        const auto place = owner_.places_.at(address);
        const Address word = place ? place->address & ~(RaceDetector::kWordBytes - 1) : 0;
        if (place && !owner_.sync_words_.contains(word))
            return;
        if (place)
            return owner_.detector_.signal(agent_, {Kind::word, word});
        const auto access = EventUnitAccess::at(address, true);
        const auto object = access ? access->signals() : device_at(address);
        if (object)
            owner_.detector_.signal(agent_, *object);
    }

    /// An interrupt tells what its line stands for; those of a fabric controller stand for all.
    void enter_vector(unsigned line) {
        if (cluster_ == nullptr)
            return owner_.detector_.take_all(agent_);
        for (const SyncObject& object : objects_of_lines(1U << line, cluster_->number()))
            take(object);
    }

    /// \returns what an unordered load brings; nullopt for all else
    std::optional<UndefinedValues::Loaded> look_at(const core::Execution& execution) {
        const core::MemoryAccess& memory = *execution.memory;
        const Address address = view_.absolute(memory.address);
        if (const auto place = owner_.places_.at(address))
            return on_memory(execution, *place);
        if (const auto access = EventUnitAccess::at(address, memory.is_write))
            on_event_unit(*access, memory.data);
        else if (const auto reg = dma_register_at(address))
            on_dma(*reg, memory);
        else if (memory.is_write)
            owner_.detector_.signal(agent_, device_at(address));
        else
            take(device_at(address));
        return std::nullopt;
    }

    std::optional<UndefinedValues::Loaded> on_memory(const core::Execution& execution,
                                                     const MemoryPlaces::Place& place) {
        const core::MemoryAccess& memory = *execution.memory;
        const Address word = place.address & ~(RaceDetector::kWordBytes - 1);
        if (place.is_test_and_set && !memory.is_write)
            owner_.sync_words_.insert(word);
        if (owner_.sync_words_.contains(word)) {
            on_lock(word, memory.is_write);
            return std::nullopt;
        }
        RaceDetector::Access access{.agent = agent_,
                                    .is_write = memory.is_write,
                                    .pc = execution.pc,
                                    .cycle = owner_.soc_.cluster_cycle(core_, execution.cycle)};
        if (memory.is_write)
            access.value = memory.data;
        else if (execution.row.timing == isa::Timing::load)
            access.number = loaded_.begin(execution.slot.op.rd, place.address, memory.bytes);
        const auto pair = owner_.access_words(access, place.address, memory.bytes);
        if (!pair)
            return std::nullopt;
        if (memory.is_write) {
            owner_.tell(*pair);
            return std::nullopt;
        }
        pairs_.push_back(*pair);
        return UndefinedValues::Loaded{
            .value = memory.data,
            .undefined = memory.bytes >= 4 ? ~0U : (1U << (8 * memory.bytes)) - 1,
            .origin = {.is_memory = true,
                       .address = place.address,
                       .number = unsigned(pairs_.size()) - 1}};
    }

    /// A load that nothing orders is a mistake when its value decides something or is stored.
    /// Kernels read beyond what they need, and drop it.
    void follow_doubtful(const core::Execution& execution, const isa::Hart& hart) {
        const isa::Instruction& row = execution.row;
        const isa::Operands& op = execution.slot.op;
        u32 used = 0;
        if (const auto use = doubtful_.control_use(row, op, hart))
            used |= use->registers;
        if (const auto use = doubtful_.address_use(row, op))
            used |= use->registers;
        if (execution.memory && execution.memory->is_write && doubtful_.mask(op.rs2) != 0)
            used |= 1U << op.rs2;
        for (u32 rest = used; rest != 0; rest &= rest - 1) {
            const unsigned number = unsigned(std::countr_zero(rest));
            const Pair pair = pairs_.at(doubtful_.origin(number).number);
            doubtful_.define(number);
            owner_.tell(pair);
        }
    }

    /// A lock is taken by a read that sets it, and left by a write.
    void on_lock(Address word, bool is_write) {
        const SyncObject lock{Kind::word, word};
        if (!is_write)
            take(lock);
        else
            owner_.detector_.signal(agent_, lock);
    }

    void on_event_unit(const EventUnitAccess& access, u32 data) {
        if (const auto object = access.signals())
            owner_.detector_.signal(agent_, *object);
        for (const SyncObject& object : access.takes(data))
            take(object);
    }

    /// STATUS shows which transfers have ended.
    void on_dma(const DmaRegister& reg, const core::MemoryAccess& memory) {
        if (reg.name != DmaRegister::Name::status || memory.is_write)
            return;
        for (unsigned id = 0; id < dma::TransferIds::kMaxIds; ++id)
            if ((owner_.running_[reg.cluster] & ~memory.data) >> id & 1)
                owner_.end_transfer(reg.cluster, id);
        take({Kind::dma, 0, reg.cluster});
    }

    RaceCheck& owner_;
    core::Core& core_;
    const CoreView view_;
    const unsigned agent_;
    const Cluster* const cluster_;  // null: a fabric controller
    UndefinedValues doubtful_;      // registers with values of unordered loads
    std::vector<Pair> pairs_;       // [number of their origin]
    LoadedValues loaded_;
};

RaceCheck::RaceCheck(Soc& soc, Findings& findings)
    : soc_(soc),
      findings_(findings),
      places_(soc.memories(), soc.clusters.all().size()),
      detector_(unsigned(soc.cores().size() + soc.clusters.all().size() * kIds)),
      running_(soc.clusters.all().size()),
      issuers_(soc.clusters.all().size() * kIds) {
    for (core::Core* core : soc.cores()) {
        observers_.push_back(
            std::make_unique<CoreObserver>(*this, *core, unsigned(observers_.size())));
        core->probes.instruction.attach(*observers_.back());
    }
    for (Cluster* const cluster : soc.clusters.all())
        listen(*cluster);
    detector_.mattered = [this](const RaceDetector::Access& read,
                                const RaceDetector::Access& write) {
        return read.agent >= observers_.size() ||
               observers_[read.agent]->mattered({.later = write, .earlier = read});
    };
}

void RaceCheck::listen(Cluster& cluster) {
    const unsigned number = cluster.number();
    const unsigned first_core = number * cluster.core_count();
    cluster.event_unit.sleeping_read_probe.attach(
        [this, number, first_core](unsigned core, const event_unit::SleepingRead& read, Cycles) {
            if (const auto object = object_of(read, number))
                detector_.signal(first_core + core, *object);
        });
    cluster.dma.command_probe.attach(
        [this, number](const dma::AcceptedCommand& accepted, Cycles now) {
            begin_transfer(number, accepted, now);
        });
    cluster.dma.end_probe.attach(
        [this, number](const dma::Notice& notice, Cycles) { end_transfer(number, notice.id); });
}

RaceCheck::~RaceCheck() = default;

std::optional<RaceCheck::Pair> RaceCheck::access_words(RaceDetector::Access access, Address first,
                                                       u32 bytes) {
    std::optional<Pair> found;
    for (u32 done = 0; done < bytes; done += access.bytes) {
        access.address = first + done;
        access.bytes = std::min(
            bytes - done, RaceDetector::kWordBytes - access.address % RaceDetector::kWordBytes);
        const auto pair = on_memory(access);
        if (access.value && access.bytes < RaceDetector::kWordBytes)
            *access.value >>= 8 * access.bytes;
        if (!found)
            found = pair;
    }
    return found;
}

void RaceCheck::transfer_words(const RaceDetector::Access& access, Address first, u32 bytes) {
    if (const auto pair = access_words(access, first, bytes))
        tell(*pair);
}

/// A command moves all its bytes between its last word and its end; both sides are taken to be
/// reached at once when it begins.
void RaceCheck::begin_transfer(unsigned cluster, const dma::AcceptedCommand& accepted, Cycles now) {
    const dma::Command& command = accepted.command;
    const unsigned agent = agent_of_transfer(cluster, accepted.id);
    const auto issuer = std::ranges::find_if(observers_, [&](const auto& observer) {
        return accepted.cause.is_known() &&
               std::string_view(observer->core().name()) == accepted.cause.initiator;
    });
    if (issuer != observers_.end())
        detector_.begin(agent, unsigned(issuer - observers_.begin()));
    else
        detector_.take_all(agent);
    issuers_[cluster * kIds + accepted.id] =
        issuer == observers_.end() ? "nobody known" : short_name((*issuer)->core());
    running_[cluster] |= 1U << accepted.id;
    for (const TransferPiece& piece : pieces_of(command)) {
        RaceDetector::Access access{
            .agent = agent, .pc = accepted.cause.pc, .cycle = ClusterCycles(now)};
        access.is_write = command.is_receive;
        transfer_words(access, places_.in_tcdm(piece.tcdm, cluster), piece.bytes);
        access.is_write = !command.is_receive;
        const auto place = places_.at(piece.external);
        if (place && command.increments)
            transfer_words(access, place->address, piece.bytes);
    }
}

void RaceCheck::end_transfer(unsigned cluster, unsigned id) {
    running_[cluster] &= ~(1U << id);
    detector_.signal(agent_of_transfer(cluster, id), {Kind::dma, 0, cluster});
}

RawSide RaceCheck::side(const RaceDetector::Access& access, bool is_earlier) const {
    const bool is_core = access.agent < observers_.size();
    const unsigned transfer = access.agent - unsigned(observers_.size());
    const char* const verb =
        access.is_write ? (is_earlier ? "wrote" : "writes") : (is_earlier ? "had read" : "reads");
    return {
        .who = is_core ? short_name(observers_[access.agent]->core())
                       : fmt::format("DMA transfer {} of {}", transfer % kIds, issuers_[transfer]),
        .does = fmt::format("{} {} byte{} there", verb, access.bytes, access.bytes == 1 ? "" : "s"),
        .pc = access.pc,
        .cycle = access.cycle};
}

std::optional<RaceCheck::Pair> RaceCheck::on_memory(const RaceDetector::Access& access) {
    const auto other = detector_.access(access);
    if (!other)
        return std::nullopt;
    return Pair{.later = access, .earlier = *other};
}

void RaceCheck::tell(const Pair& pair) {
    const bool has_transfer =
        pair.later.agent >= observers_.size() || pair.earlier.agent >= observers_.size();
    findings_.add(
        "races", "",
        fmt::format("nothing orders two accesses to {}", findings_.name_of(pair.later.address)),
        {side(pair.later, false), side(pair.earlier, true)},
        has_transfer ? "wait for the end of the transfer before the bytes are used again"
                     : "put a barrier, a mutex or an event between them");
}

}  // namespace flexv::platform
