// SPDX-License-Identifier: Apache-2.0
#include "event_unit/registers.hpp"

namespace flexv::event_unit {

namespace {

constexpr Field kLines{.name = "LINES", .width = 32, .doc = "One bit an event line."};
constexpr Field kWord{.name = "WORD", .width = 32};

constexpr u32 kBarrierStride = 0x20;
constexpr u32 kCoreStride = 0x40;

/// DISPATCH_FIFO and DISPATCH_TEAM repeat every 16 bytes up to 0xBF.
u32 fold(u32 offset) { return (offset & 0x3C0) == 0x080 ? offset & ~u32{0x30} : offset; }

/// "SW_EVENT3_TRIG"
std::string numbered(const char* before, unsigned index, const char* behind) {
    return fmt::format("{}{}{}", before, index, behind);
}

}  // namespace

Registers::Registers(Module& module, EventNetwork& network, const ClockDomain& clock)
    : core_view(module, "core_view", {.size_bytes = kCoreViewBytes, .clock = &clock, .fold = fold}),
      global_view(module, "global_view",
                  {.size_bytes = kGlobalViewBytes,
                   .latency_cycles = kGlobalLatencyCycles,
                   .unmapped = Unmapped::read_zero_and_warn,
                   .clock = &clock}),
      network_(network),
      cores_{.name = "CORES", .width = network.config().core_count, .doc = "One bit a core."} {
    declare_core_view();
    declare_global_view();
}

const SleepingRead* Registers::sleeping_read(u32 offset) const {
    const auto& read = sleeping_[fold(offset) / 4];
    return read ? &*read : nullptr;
}

void Registers::declare_core_view() {
    declare_core({.bank = core_view, .core = [this] { return issuer(); }});
    declare_sleeping(0x38, "EVENT_WAIT", "Sleeps until BUFFER_MASKED is not 0; keeps the buffer.",
                     {});
    declare_sleeping(0x3C, "EVENT_WAIT_CLEAR", "As EVENT_WAIT, then clears all masked bits.",
                     {.clears = true});
    declare_dispatch();
    for (unsigned mutex = 0; mutex < network_.config().mutex_count; ++mutex)
        declare_mutex(mutex);

    using enum SleepingRead::Kind;
    for (unsigned event = 0; event < kSoftwareEvents; ++event) {
        const u32 offset = 4 * event;
        declare_software_trigger(core_view, 0x100, event, numbered("SW_EVENT", event, "_TRIG"));
        declare_sleeping(0x140 + offset, numbered("SW_EVENT", event, "_TRIG_WAIT"),
                         "Triggers the cores of SW_EVENT_MASK once, then waits like EVENT_WAIT.",
                         {.kind = software_event, .index = event});
        declare_sleeping(0x180 + offset, numbered("SW_EVENT", event, "_TRIG_WAIT_CLEAR"),
                         "As the form without CLEAR, then clears all masked bits.",
                         {.kind = software_event, .index = event, .clears = true});
    }
    for (unsigned barrier = 0; barrier < network_.config().barrier_count; ++barrier) {
        declare_barrier(core_view, 0x200, barrier);
        declare_barrier_reads(barrier);
    }
}

void Registers::declare_global_view() {
    for (unsigned core = 0; core < network_.config().core_count; ++core)
        declare_core({.bank = global_view,
                      .base = core * kCoreStride,
                      .prefix = numbered("CORE", core, "_"),
                      .core = [core] { return core; }});
    for (unsigned barrier = 0; barrier < network_.config().barrier_count; ++barrier)
        declare_barrier(global_view, 0x400, barrier);
    for (unsigned event = 0; event < kSoftwareEvents; ++event)
        declare_software_trigger(global_view, 0x600, event, numbered("SW_EVENT", event, "_TRIG"));
    declare(global_view,
            {.offset = 0x700,
             .name = "SOC_EVENT_FIFO",
             .doc = "A read takes the oldest SoC event; while one is left, line 27 is high.",
             .access = Access::read_only,
             .fields = {{.name = "ID", .width = 8}, {.name = "VALID", .lsb = 31}},
             .on_read =
                 [this] {
                     const u32 front = network_.units().soc_events.front();
                     network_.stage_soc_events().pop();
                     return front;
                 },
             .read_has_effect = true,
             .on_peek = [this] { return network_.units().soc_events.front(); }});
}

void Registers::declare_core(const CoreWindow& window) {
    declare_mask(window, {.offset = 0x00,
                          .name = "EVT_MASK",
                          .doc = "Buffered lines that wake the core",
                          .mask = &CoreUnit::event_mask,
                          .field = kLines});
    declare_mask(window, {.offset = 0x0C,
                          .name = "IRQ_MASK",
                          .doc = "Buffered lines that interrupt the core",
                          .mask = &CoreUnit::irq_mask,
                          .field = kLines});
    declare(window.bank, {.offset = window.base + 0x18,
                          .name = window.prefix + "CLOCK_STATUS",
                          .doc = "1 while the core's clock runs; it stops while p.elw waits.",
                          .access = Access::read_only,
                          .fields = {{.name = "ENABLED", .reset = 1}},
                          .on_read = [this, core = window.core]() -> u32 {
                              return unit(core()).is_clock_on(network_.cycle()) ? 1 : 0;
                          }});
    declare_buffer(window);
    declare_mask(window, {.offset = 0x2C,
                          .name = "SW_EVENT_MASK",
                          .doc = "Target cores of the software-event wait forms, 0 = all",
                          .mask = &CoreUnit::software_mask,
                          .field = cores_});
}

void Registers::declare_mask(const CoreWindow& window, const MaskSpec& spec) {
    declare(window.bank, {.offset = window.base + spec.offset,
                          .name = window.prefix + spec.name,
                          .doc = spec.doc + ".",
                          .fields = {spec.field},
                          .on_read = [this, core = window.core,
                                      mask = spec.mask] { return (unit(core()).*mask).now; },
                          .on_write =
                              [this, core = window.core, mask = spec.mask](u32 /*old*/, u32 now) {
                                  (network_.stage_core(core()).*mask).next = now;
                              }});
    declare_mask_write(window, spec, spec.offset + 4, spec.name + "_AND",
                       [](u32 mask, u32 data) { return mask & ~data; });
    declare_mask_write(window, spec, spec.offset + 8, spec.name + "_OR",
                       [](u32 mask, u32 data) { return mask | data; });
}

void Registers::declare_mask_write(const CoreWindow& window, const MaskSpec& spec, u32 offset,
                                   const std::string& name, u32 (*combine)(u32 mask, u32 data)) {
    const bool clears = combine(1, 1) == 0;
    declare(window.bank, {.offset = window.base + offset,
                          .name = window.prefix + name,
                          .doc = fmt::format("{} the bits of {} that are written as 1.",
                                             clears ? "Clears" : "Sets", spec.name),
                          .access = Access::write_only,
                          .fields = {spec.field},
                          .on_write = [this, core = window.core, mask = spec.mask, combine](
                                          u32 /*old*/, u32 now) {
                              Latched& target = network_.stage_core(core()).*mask;
                              target.next = combine(target.next, now);
                          }});
}

void Registers::declare_buffer(const CoreWindow& window) {
    declare_view_of_buffer(window, 0x1C, "EVT_BUFFER", "Lines that have fired and wait.",
                           &CoreUnit::buffer);
    declare_view_of_buffer(window, 0x20, "EVT_BUFFER_MASKED", "EVT_BUFFER & EVT_MASK.",
                           &CoreUnit::wake_lines);
    declare_view_of_buffer(window, 0x24, "EVT_BUFFER_IRQ_MASKED", "EVT_BUFFER & IRQ_MASK.",
                           &CoreUnit::interrupt_lines);
    declare(window.bank, {.offset = window.base + 0x28,
                          .name = window.prefix + "EVT_BUFFER_CLEAR",
                          .doc = "Clears the bits of EVT_BUFFER that are written as 1.",
                          .access = Access::write_only,
                          .fields = {kLines},
                          .on_write = [this, core = window.core](u32 /*old*/, u32 now) {
                              network_.stage_core(core()).clear(now);
                          }});
}

void Registers::declare_view_of_buffer(const CoreWindow& window, u32 offset,
                                       const std::string& name, const std::string& doc,
                                       u32 (CoreUnit::*lines)() const) {
    declare(window.bank,
            {.offset = window.base + offset,
             .name = window.prefix + name,
             .doc = doc,
             .access = Access::read_only,
             .fields = {kLines},
             .on_read = [this, core = window.core, lines] { return (unit(core()).*lines)(); }});
}

void Registers::declare_software_trigger(RegisterBank& bank, u32 base, unsigned event,
                                         const std::string& name) {
    declare(bank,
            {.offset = base + 4 * event,
             .name = name,
             .doc = fmt::format("Sets line {} of the cores that are written; 0 = all.", event),
             .access = Access::write_only,
             .fields = {cores_},
             .on_write = [this, event](u32 /*old*/, u32 now) {
                 network_.trigger_software_event(event, now);
             }});
}

void Registers::declare_barrier(RegisterBank& bank, u32 base, unsigned index) {
    const u32 offset = base + index * kBarrierStride;
    declare_barrier_mask(bank, offset, numbered("BAR", index, "_TRIGGER_MASK"),
                         "Cores that must arrive, exactly; 0 never fires.", index,
                         &Barrier::trigger_mask);
    declare(bank, {.offset = offset + 0x04,
                   .name = numbered("BAR", index, "_STATUS"),
                   .doc = "Cores that have arrived; cleared when the barrier fires.",
                   .access = Access::read_only,
                   .fields = {cores_},
                   .on_read = [this, index] { return network_.units().barriers[index].status(); }});
    declare(bank, {.offset = offset + 0x08,
                   .name = numbered("BAR", index, "_STATUS_SUMMARY"),
                   .doc = "Reads 0.",
                   .access = Access::read_only,
                   .fields = {cores_}});
    declare_barrier_mask(bank, offset + 0x0C, numbered("BAR", index, "_TARGET_MASK"),
                         "Cores that get line 16 when the barrier fires.", index,
                         &Barrier::target_mask);
    declare(bank,
            {.offset = offset + 0x10,
             .name = numbered("BAR", index, "_TRIGGER"),
             .doc = "Marks the cores that are written as arrived.",
             .access = Access::write_only,
             .fields = {cores_},
             .on_write = [this, index](u32 /*old*/, u32 now) { network_.arrive(index, now); }});
}

void Registers::declare_barrier_mask(RegisterBank& bank, u32 offset, const std::string& name,
                                     const std::string& doc, unsigned index,
                                     Latched Barrier::*mask) {
    declare(bank, {.offset = offset,
                   .name = name,
                   .doc = doc,
                   .fields = {cores_},
                   .on_read = [this, index,
                               mask] { return (network_.units().barriers[index].*mask).now; },
                   .on_write = [this, index, mask](
                                   u32 /*old*/,
                                   u32 now) { (network_.stage_barrier(index).*mask).next = now; }});
}

/// The forms in which a core marks itself; only in its own view.
void Registers::declare_barrier_reads(unsigned index) {
    const u32 offset = 0x200 + index * kBarrierStride;
    declare(core_view, {.offset = offset + 0x14,
                        .name = numbered("BAR", index, "_TRIGGER_SELF"),
                        .doc = "A read marks the reader as arrived and returns BUFFER_MASKED.",
                        .access = Access::read_only,
                        .fields = {kLines},
                        .on_read =
                            [this, index] {
                                if (unit(issuer()).is_armed())
                                    network_.arrive(index, bit(issuer()));
                                return masked_buffer_of_issuer();
                            },
                        .read_has_effect = true});
    using enum SleepingRead::Kind;
    declare_sleeping(offset + 0x18, numbered("BAR", index, "_TRIGGER_WAIT"),
                     "A read marks the reader as arrived once, then waits like EVENT_WAIT.",
                     {.kind = barrier, .index = index});
    declare_sleeping(offset + 0x1C, numbered("BAR", index, "_TRIGGER_WAIT_CLEAR"),
                     "As TRIGGER_WAIT, then clears all masked bits.",
                     {.kind = barrier, .index = index, .clears = true});
}

void Registers::declare_dispatch() {
    declare(core_view,
            {.offset = 0x80,
             .name = "DISPATCH_FIFO",
             .doc = "A write pushes a word for the team; a read sleeps until there is "
                    "one for the reader (line 18), then clears all masked bits.",
             .fields = {kWord},
             .on_write = [this](u32 /*old*/, u32 now) { network_.stage_dispatch().push(now); },
             .read_has_effect = true});
    sleeping_[0x80 / 4] = {.kind = SleepingRead::Kind::dispatch, .clears = true};
    declare(core_view, {.offset = 0x84,
                        .name = "DISPATCH_TEAM",
                        .doc = "Cores that get the words pushed from now on; reads 0.",
                        .access = Access::write_only,
                        .fields = {cores_},
                        .on_write = [this](u32 /*old*/, u32 now) {
                            network_.stage_dispatch().team.next = now;
                        }});
}

void Registers::declare_mutex(unsigned index) {
    const u32 offset = 0xC0 + 4 * index;
    declare(core_view,
            {.offset = offset,
             .name = numbered("MUTEX", index, ""),
             .doc = "A read sleeps until the lock is the reader's (line 17), returns the word of "
                    "the last unlock and clears all masked bits; a write unlocks.",
             .fields = {kWord},
             .on_write = [this, index](u32 /*old*/,
                                       u32 now) { network_.stage_mutex(index).unlock(now); },
             .read_has_effect = true});
    sleeping_[offset / 4] = {.kind = SleepingRead::Kind::mutex, .index = index, .clears = true};
}

void Registers::declare_sleeping(u32 offset, const std::string& name, const std::string& doc,
                                 const SleepingRead& read) {
    declare(core_view, {.offset = offset,
                        .name = name,
                        .doc = doc,
                        .access = Access::read_only,
                        .fields = {kLines},
                        .read_has_effect = true});
    sleeping_[offset / 4] = read;
}

void Registers::declare(RegisterBank& bank, RegisterSpec spec) {
    registers_.emplace_back(bank, std::move(spec));
}

u32 Registers::masked_buffer_of_issuer() const { return unit(issuer()).wake_lines(); }

const CoreUnit& Registers::unit(unsigned core) const { return network_.units().cores[core]; }

}  // namespace flexv::event_unit
