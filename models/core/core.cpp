// SPDX-License-Identifier: Apache-2.0
#include "core/core.hpp"

#include "core/pipeline/costs.hpp"
#include "core/probe/watch.hpp"

#include <bit>
#include <numeric>

namespace flexv::core {

namespace {

constexpr std::array<std::string_view, kStallCauses> kStallNames = {
    "load_use", "jump",       "tcdm",  "misaligned", "event_unit",
    "dma",      "peripheral", "fetch", "execute",    "flush"};

}  // namespace

std::string_view name_of(Stall cause) { return kStallNames[unsigned(cause)]; }

Core::Core(const sc_core::sc_module_name& name, ClockDomain& clock, DecodeCache& code,
           const Config& config)
    : Module(name),
      fetch_(*this, clock.timeline),
      config_(config),
      clock_(clock),
      code_(code),
      csrs_(hart_,
            {.hartid = config.hartid,
             .extensions = config.extensions,
             .mtvec_is_writable = config.mtvec_is_writable,
             .has_single_counter = config.has_single_counter,
             .performance_counters = config.performance_counters},
            this),
      executes_(code.executes()),
      code_user_(code.add(*this)) {
    clock_.timeline.add(*this);
    fetch_.join_timeline();
    interrupt_in.bind(*this);
    hart_.bus = this;
    hart_.csrs = &csrs_;
    if (config.has_quirks)
        add_quirks();
    add_counters();
}

Core::~Core() = default;

void Core::end_of_elaboration() {
    if (fetch_out.size() != 0)
        fetch_.bind(fetch_out->fetch_port(config_.index));
    if (config_.address_map.cluster_bytes == 0)
        return;
    tcdm_ = tcdm_out.operator->();
    code_words_ = &tcdm_->code_words();
    // Both views of the TCDM window, the cluster's own address and the alias at 0, wrap at its
    // size. They differ in one bit in the first cluster; in others the fast way is for the alias.
    constexpr Address kTcdmWindow = 0xfff0'0000;
    const Address base = config_.address_map.cluster_base;
    hart_.window = {.host = tcdm_->storage(),
                    .tag_mask = std::has_single_bit(base) ? kTcdmWindow & ~base : kTcdmWindow,
                    .tag = 0,
                    .offset_mask = tcdm_->size_bytes() - 1};
}

void Core::reset() {
    const isa::DirectWindow window = hart_.window;
    hart_ = {};
    hart_.bus = this;
    hart_.csrs = &csrs_;
    hart_.window = window;
    state_ = State::off;
    slot_ = page_ = nullptr;
    page_base_ = kNoPage;
    previous_ = nullptr;
    late_ = late_before_ = 0;
    fetch_.reset();
    interrupt_ = {};
    fault_.reset();
    decoded_ = jalr_gap_ = 0;
    jumped_at_ = kNever;
    count_blocks();
    executed_.fill({});
    stalls_.fill({});
    now_ = started_ = sleep_cycles_ = 0;
    taken_branches_ = refills_ = load_only_ = divide_cycles_ = jump_register_stalls_ = {};
    split_ = external_ = external_cycles_ = {};
    reset_watch();
}

void Core::start(Address boot_address, Cycles cycle) {
    boot_address_ = boot_address & ~1U;
    csrs_.reset(boot_address_);
    now_ = started_ = cycle;
    hart_.pc = boot_address_;
    state_ = State::running;
    starting_ = true;
    clock_.timeline.schedule(*this, cycle);
    if (on_start)
        on_start(config_.index, cycle);
}

void Core::settle(Cycles end) {
    settle_part(end);
    if (state_ == State::sleeping)
        book_sleep(end);
}

void Core::settle_part(Cycles now) {
    if (state_ == State::waiting && now > access_.requested) {
        book_wait(now);
        access_.requested = now;
    } else if (state_ == State::fetching && now > now_) {
        book_fetch(now - now_);
    } else if (state_ == State::sleeping && now > pipeline::kWakeUp) {
        book_sleep(now - pipeline::kWakeUp);
    } else if (state_ == State::held && now > now_) {
        drain(now - now_);
    }
}

void Core::book_sleep(Cycles until) {
    if (until <= slept_since_)
        return;
    sleep_cycles_ += until - slept_since_;
    tell_wait(true, slept_since_, until);
    slept_since_ = until;
}

char Core::state_letter() const {
    if (state_ == State::off)
        return '-';
    const bool waits_for_event = state_ == State::waiting && access_.path == DataPath::event_unit;
    return state_ == State::sleeping || waits_for_event ? 'S' : 'R';
}

/// Of an error slave, for a word at `address`.
u32 Core::error_word(Address address) const {
    const Address offset = address - config_.address_map.cluster_base;
    const Address bytes = config_.address_map.cluster_bytes;
    return offset < bytes || address < bytes ? kClusterErrorWord : kSocErrorWord;
}

void Core::tell_misuse(const std::string& what) const {
    if (on_misuse)
        on_misuse({.initiator = name(), .pc = hart_.pc}, what);
}

std::string Core::describe_wait() const {
    switch (state_) {
        case State::off:
            return "not started (fetch enable is off)";
        case State::sleeping:
            return "wfi, waiting for an interrupt";
        case State::held:
            return "held by the debugger";
        case State::waiting:
            if (access_.path > DataPath::test_and_set)
                return fmt::format("{:#010x}: {}", access_.address,
                                   target_of(access_.path).waits_for(*this));
            return fmt::format("a bank of the TCDM for {:#010x}", access_.address);
        default:
            return "running";
    }
}

u64 Core::instructions() const {
    const auto& executed = this->executed();
    return std::accumulate(executed.begin(), executed.end(), u64{0});
}

/// Counts of instructions are sums over the blocks that they stand in.
void Core::count_blocks() const {
    for (BasicBlock* const block : executed_blocks_) {
        const u64 runs = std::exchange(block->runs(code_user_), 0);
        const Slot* slot = &block->first();
        for (unsigned i = 0; i < block->length(); ++i, slot += slot->step)
            executed_[slot->row] += runs;
    }
    executed_blocks_.clear();
}

u64 Core::active_cycles() const {
    return std::accumulate(stalls_.begin(), stalls_.end(), instructions());
}

template <typename Predicate>
u64 Core::executed_if(Predicate predicate) const {
    u64 sum = 0;
    const auto& executed = this->executed();
    for (const isa::Instruction& row : isa::all_instructions())
        if (predicate(row))
            sum += executed[isa::index_of(row)];
    return sum;
}

u64 Core::executed_with(isa::Timing timing) const {
    return executed_if([timing](const isa::Instruction& row) { return row.timing == timing; });
}

u64 Core::executed_with(isa::Energy energy) const {
    return executed_if([energy](const isa::Instruction& row) { return row.energy == energy; });
}

u64 Core::compressed_instructions() const {
    return executed_if(
        [](const isa::Instruction& row) { return row.extension == isa::Extension::c; });
}

void Core::add_counters() {
    const auto add = [this](const char* counter, const char* doc, auto value) {
        DerivedCounter(*this, counter, doc, std::move(value));
    };
    using enum isa::Energy;
    add("active_cycles", "cycles with the clock on", [this] { return active_cycles(); });
    add("sleep_cycles", "cycles with the clock gated", [this] { return sleep_cycles_; });
    add("instructions", "retired instructions", [this] { return instructions(); });
    add("fetched_words", "32-bit words of the instructions retired, two compressed ones a word",
        [this] { return instructions() - compressed_instructions() / 2; });
    add("alu", "ALU, branch and CSR instructions", [this] { return executed_with(alu); });
    add("multiply", "multiplications and scalar multiply-accumulates",
        [this] { return executed_with(multiply); });
    add("dot_products", "dot products, Mac&Load included",
        [this] { return executed_with(dot_product) - load_only_; });
    add("mixed_dot_products", "dot products with operands of different widths",
        [this] { return hart_.mixed_dot_products; });
    add("mac_load_refills", "words loaded into the NN register file", [this] { return refills_; });
    add("loads_stores", "explicit loads and stores, Mac&Load without a product included", [this] {
        return executed_with(isa::Energy::load) + executed_with(isa::Energy::store) + load_only_;
    });
    add("loads", "explicit loads", [this] { return executed_with(isa::Energy::load); });
    add("stores", "explicit stores", [this] { return executed_with(isa::Energy::store); });
    add("divisions", "divisions and remainders", [this] { return executed_with(divide); });
    add("divide_cycles", "cycles of the divider", [this] { return divide_cycles_; });
    add("macs", "multiplications, or lanes of dot products", [this] { return hart_.macs; });
    add("branches_taken", "taken conditional branches", [this] { return taken_branches_; });
    for (unsigned cause = 0; cause < kStallCauses; ++cause)
        add(fmt::format("{}_stalls", kStallNames[cause]).c_str(), "cycles lost to this cause",
            [this, cause] { return stalls_[cause]; });
}

/// Event numbers of the performance counters (docs/spec/isa.md 3.4).
u64 Core::count(unsigned event) const {
    using enum isa::Timing;
    if (state_ == State::off)  // its registers ask while it is being made
        return 0;
    switch (event) {
        case 0:
            return now_ - started_ - sleep_cycles_;
        case 1:
            return instructions();
        case 2:
            return stall_cycles(Stall::load_use) - jump_register_stalls_;
        case 3:
            return jump_register_stalls_;
        case 4:
            return stall_cycles(Stall::fetch);
        case 5:
            return executed_with(isa::Energy::load) + refills_ + split_[0];
        case 6:
            return executed_with(isa::Energy::store) + split_[1];
        case 7:
            return executed_with(jump) + executed_with(jump_register);
        case 8:
            return executed_with(branch);
        case 9:
            return taken_branches_;
        case 10:
            return compressed_instructions();
        case 11:
            return stall_cycles(Stall::event_unit);
        case 12:
        case 13:
            return external_[event - 12];
        case 14:
        case 15:
            return external_cycles_[event - 14] + external_[event - 14];
        default:  // 16, TCDM contention, is tied to 0
            return 0;
    }
}

}  // namespace flexv::core
