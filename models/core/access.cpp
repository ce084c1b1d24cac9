// SPDX-License-Identifier: Apache-2.0
// Loads and stores: address, port, the wait for the grant. The row executes at the grant, when the
// data of everything but the TCDM has travelled with the request.
#include "core/core.hpp"
#include "core/hazards.hpp"
#include "core/pipeline.hpp"

#include <algorithm>
#include <cstring>

namespace flexv::core {

namespace {

Stall cause_of(DataPath path) {
    switch (path) {
        case DataPath::tcdm:
        case DataPath::test_and_set:
            return Stall::tcdm;
        case DataPath::event_unit:
            return Stall::event_unit;
        case DataPath::dma:
            return Stall::dma;
        default:
            return Stall::peripheral;
    }
}

}  // namespace

Address Core::address_of(const Slot& slot) const {
    const auto& x = hart_.x;
    const isa::Operands& op = slot.op;
    switch (slot.access.mode) {
        case isa::AddressMode::base_immediate:
            return x[op.rs1] + u32(op.imm);
        case isa::AddressMode::base:
            return x[op.rs1];
        case isa::AddressMode::base_register:
            return x[op.rs1] + x[op.rs2];
        case isa::AddressMode::base_rd:
            return x[op.rs1] + x[op.rd];
        case isa::AddressMode::mac_load:
            if (hart_.simd_legacy)
                return x[op.rs1];
            return hazards::MacLoadField(op.imm2).loads_weight ? hart_.weights.address
                                                               : hart_.activations.address;
        case isa::AddressMode::none:
            break;
    }
    return 0;
}

/// The load or store enters EX and asks for its first (usually only) word.
void Core::begin_access(const Slot& slot) {
    enter_ex(slot);
    const Address address = address_of(slot);
    const unsigned to_word_end = 4 - (address & 3);
    access_.address = address;
    access_.bytes = slot.access.bytes;
    access_.first_bytes = u8(std::min<unsigned>(slot.access.bytes, to_word_end));
    access_.second_part = false;
    access_.is_write = slot.timing == isa::Timing::store;
    access_.path = config_.address_map.path(address);
    access_.entered = now_;
    send_part(now_);
}

/// TCDM banks are asked for ahead of time; everything else when the timeline has got there.
void Core::send_part(Cycles cycle) {
    access_.requested = cycle;
    access_.awake = 0;
    now_ = cycle;
    if (access_.path <= DataPath::test_and_set) {
        state_ = State::waiting;
        const Address address = access_.address + (access_.second_part ? 4U : 0U);
        tcdm_->request(*this, address, access_.is_write, cycle);
    } else {
        meet(State::requesting);
    }
}

void Core::send_request(Cycles now) {
    state_ = State::waiting;
    if (access_.path == DataPath::undecoded)
        fault(
            fmt::format("access to {:#010x}: this demux slot has no device and the core would wait "
                        "for ever; the event unit is at +0x204000, the DMA at +0x204400",
                        access_.address));
    if (access_.path == DataPath::peripheral)
        ++external_[access_.is_write ? 1 : 0];
    DataRequest request;
    request.is_write = access_.is_write;
    request.is_event_load = slot_->timing == isa::Timing::event_load;
    request.address = access_.address;
    request.bytes = access_.first_bytes;
    unsigned shift = 0;
    if (access_.second_part) {
        request.address += access_.first_bytes;
        request.bytes = u8(access_.bytes - access_.first_bytes);
        shift = 8U * access_.first_bytes;
    }
    if (access_.is_write)
        request.data = hart_.x[slot_->op.rs2] >> shift;
    target_of(access_.path).request(*this, request, now);
}

DataTarget& Core::target_of(DataPath path) const {
    auto* const core =
        const_cast<Core*>(this);  // sc_port hands out its interface only when not const
    switch (path) {
        case DataPath::event_unit:
            return *core->event_unit_out.operator->();
        case DataPath::dma:
            return *core->dma_out.operator->();
        case DataPath::direct:
            return *core->direct_out.operator->();
        default:
            return *core->peripheral_out.operator->();
    }
}

void Core::granted(Cycles now, u32 data) {
    book_wait(now);
    if (access_.first_bytes == access_.bytes || access_.second_part) [[likely]] {
        finish_part(now, data);
        return;
    }
    access_.response = data;
    access_.second_part = true;
    ++split_[access_.is_write ? 1 : 0];
    stall(Stall::misaligned, 1);
    send_part(now + 1);
}

/// The last part is granted: the row executes and the core goes on.
void Core::finish_part(Cycles now, u32 data) {
    if (access_.second_part)
        access_.response |= data << (8U * access_.first_bytes);
    else
        access_.response = data;
    now_ = now;
    if (slot_->timing == isa::Timing::event_load && interrupt_asserted_ && hart_.mie &&
        take_interrupt()) {
        run();  // the p.elw is executed again after mret
        return;
    }
    try {
        finish_access(now);
    } catch (const isa::Trap& trap) {
        take_trap(trap);
    }
    run();
}

void Core::finish_access(Cycles now) {
    const Slot& slot = *slot_;
    const Address from = hart_.pc;
    execute(slot);
    leave_ex(slot);
    if (slot.timing == isa::Timing::mac_load) {
        ++refills_;
        load_only_ += slot.op.rd == 0 ? 1 : 0;
    } else if (slot.timing == isa::Timing::event_load) {
        flush_to(hart_.pc, pipeline::kEventLoad, from);
    } else if (access_.is_write && access_.path <= DataPath::test_and_set) {
        const u32 offset = access_.address & (tcdm_->size_bytes() - 1);
        if (tcdm_->code_pages()[offset / 4096] != 0) [[unlikely]]
            tcdm_->code_written(offset, access_.bytes);
    }
    if (access_.second_part)
        held_until_ = now + 1;
}

/// Books the cycles between request and grant under the cause that the port stands for.
void Core::book_wait(Cycles now) {
    const Cycles waited = now - access_.requested;
    if (waited == 0)
        return;
    late_before_ = 0;
    Cycles awake = waited;
    if (access_.path == DataPath::event_unit && slot_->timing == isa::Timing::event_load)
        awake = std::min(waited, pipeline::kSleepEntry - access_.awake);
    access_.awake += awake;
    sleep_cycles_ += waited - awake;
    if (cause_of(access_.path) == Stall::peripheral)
        external_cycles_[access_.is_write ? 1 : 0] += waited;
    stall(cause_of(access_.path), awake);
    tell_wait(false, access_.requested, access_.requested + awake);
    tell_wait(true, access_.requested + awake, now);
}

void Core::refused(Cycles /*now*/, const std::string& what) {
    fault(fmt::format("{} of {} bytes at {:#010x}: {}", access_.is_write ? "store" : "load",
                      unsigned{access_.bytes}, access_.address, what));
}

/// Called by a row for what the direct window does not cover: the test-and-set view, and targets
/// whose answer has arrived already.
u32 Core::load(Address address, unsigned bytes) {
    if (access_.path != DataPath::test_and_set)
        return access_.response;
    std::byte* const memory = tcdm_->storage() + (address & (tcdm_->size_bytes() - 1));
    u32 value = 0;
    std::memcpy(&value, memory, bytes);
    std::memset(memory, 0xff, bytes);
    return value;
}

void Core::store(Address address, unsigned bytes, u32 value) {
    if (access_.path == DataPath::test_and_set)
        std::memcpy(tcdm_->storage() + (address & (tcdm_->size_bytes() - 1)), &value, bytes);
}

}  // namespace flexv::core
