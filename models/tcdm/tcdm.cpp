// SPDX-License-Identifier: Apache-2.0
#include "tcdm/tcdm.hpp"

#include "base/cause_extension.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <cstring>

namespace flexv::tcdm {

Tcdm::Tcdm(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : Module(name),
      TcdmTarget(clock.timeline, *this, config.bank_count, config.size_bytes),
      config_(config),
      clock_(clock),
      arbiters_(config.bank_count, RoundRobin(config.port_count)),
      bank_conflicts_(config.bank_count),
      accesses_{&reads_, &writes_} {
    FLEXV_ASSERT(std::has_single_bit(config.size_bytes) && std::has_single_bit(config.bank_count),
                 "size and bank count of the TCDM are powers of two");
    FLEXV_ASSERT(config.bank_count <= 64 && config.port_count <= TcdmRequests::kMaxPorts,
                 "the TCDM has at most 64 banks and 32 ports");
    clock_.timeline.add(*this, Phase::arbitrate);
    add_bank_counters();
    initiators_in.bind(*this);
    bus_in.register_b_transport(this, &Tcdm::b_transport);
    bus_in.register_transport_dbg(this, &Tcdm::transport_dbg);
    bus_in.register_get_direct_mem_ptr(this, &Tcdm::get_direct_mem_ptr);
}

void Tcdm::add_bank_counters() {
    for (unsigned bank = 0; bank < config_.bank_count; ++bank)
        add_counter({.name = fmt::format("bank{}_conflicts", bank),
                     .doc = "lost arbitrations for this bank",
                     .value = [this, bank] { return bank_conflicts_[bank]; }});
}

void Tcdm::reset() {
    for (RoundRobin& arbiter : arbiters_)
        arbiter.reset();
    requests_.clear();
}

void Tcdm::serialize(StateArchive& archive) {
    archive.memory(bytes_.data(), bytes_.size());
    archive(requests_, arbiters_, bank_conflicts_);
}

void Tcdm::act(Cycles now) {
    const u32 ports = requests_.take(now);
    // Several, new ones or old; popcount would be a library call.
    if ((ports & (ports - 1)) != 0 || requests_.queued_banks() != 0)
        serve(ports, now);
    else if (ports != 0) {  // else it was cancelled
        clock_.timeline.let_time_pass();
        grant_alone(unsigned(std::countr_zero(ports)), now);
    }
}

void Tcdm::serve(u32 ports, Cycles now) {
    u64 wanted = requests_.queued_banks();
    u64 contested = wanted;
    for (u32 rest = ports; rest != 0; rest &= rest - 1) {
        const u64 bank = u64{1} << requests_[unsigned(std::countr_zero(rest))].bank;
        contested |= wanted & bank;
        wanted |= bank;
    }
    if (contested != 0) {
        arbitrate(ports, now);
        return;
    }
    for (u32 rest = ports; rest != 0; rest &= rest - 1) {
        const bool is_last = (rest & (rest - 1)) == 0;
        if (is_last)
            clock_.timeline.let_time_pass();
        grant_alone(unsigned(std::countr_zero(rest)), now);
    }
}

/// Losers stay in the queues of their banks. They are put back first: a winner may ask again while
/// it is being granted.
void Tcdm::arbitrate(u32 ports, Cycles now) {
    for (u32 rest = ports; rest != 0; rest &= rest - 1)
        requests_.queue(unsigned(std::countr_zero(rest)));
    u32 winners = 0;
    for (u64 rest = requests_.queued_banks(); rest != 0; rest &= rest - 1) {
        const unsigned bank = unsigned(std::countr_zero(rest));
        const TcdmRequests::Queue& queue = requests_.queue_of(bank);
        const unsigned winner = arbiters_[bank].grant(queue.ports);
        const u32 losers = queue.count - 1;
        bank_conflicts_[bank] += losers;
        conflicts_ += losers;
        winners |= 1U << winner;
        requests_.leave(bank, winner);
    }
    if (requests_.queued_banks() != 0)
        clock_.timeline.schedule(*this, now + 1);
    for (u32 rest = winners; rest != 0; rest &= rest - 1)
        grant(unsigned(std::countr_zero(rest)), now);
}

void Tcdm::grant_alone(unsigned port, Cycles now) {
    arbiters_[requests_[port].bank].grant_alone(port);
    grant(port, now);
}

void Tcdm::take_alone(unsigned port, unsigned bank, bool is_write) {
    arbiters_[bank].grant_alone(port);
    ++*accesses_[is_write];
}

void Tcdm::grant(unsigned port, Cycles now) {
    const TcdmRequests::Request& request = requests_[port];
    ++*accesses_[request.is_write];
    request.initiator->granted(now, 0);
}

/// Code may have been fetched through either view.
void Tcdm::code_written(u32 offset, u32 bytes) {
    if (!code_words_.remove(offset, bytes))
        return;
    const u64 last = u64{offset} + bytes - 1;
    bus_in->invalidate_direct_mem_ptr(offset, last);
    bus_in->invalidate_direct_mem_ptr(kTestAndSet | offset, kTestAndSet + last);
}

/// Moves the bytes of a payload; 0 when it does not lie in the memory or is malformed.
unsigned Tcdm::copy(tlm::tlm_generic_payload& trans, bool has_side_effects) {
    const u64 address = trans.get_address();
    const u64 offset = address & ~u64{kTestAndSet};
    const unsigned length = trans.get_data_length();
    if (length == 0 || offset >= config_.size_bytes || length > config_.size_bytes - offset)
        return 0;
    std::byte* const memory = bytes_.data() + offset;
    if (trans.is_write()) {
        std::memcpy(memory, trans.get_data_ptr(), length);
        const Log::Scope about(cause_of(trans), &clock_, clock_.timeline.now());
        code_written(u32(offset), length);
    } else if (trans.is_read()) {
        std::memcpy(trans.get_data_ptr(), memory, length);
        if (has_side_effects && (address & kTestAndSet) != 0) {
            std::memset(memory, 0xff, length);
            code_written(u32(offset), length);
        }
    }
    return length;
}

void Tcdm::b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    if (trans.get_byte_enable_ptr() != nullptr) {
        trans.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
        return;
    }
    if (trans.get_streaming_width() < trans.get_data_length()) {
        trans.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
        return;
    }
    const unsigned moved = copy(trans, true);
    if (moved == 0) {
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    const u64 first = trans.get_address() / 4;
    const u64 words = (trans.get_address() + moved - 1) / 4 - first + 1;
    *accesses_[trans.is_write()] += words;
    delay += clock_.duration_of(config_.bus_latency_cycles + Cycles{words} - 1);
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
}

/// Moves what lies in the memory; the rest of a longer payload is left alone.
unsigned Tcdm::transport_dbg(tlm::tlm_generic_payload& trans) {
    const u64 offset = trans.get_address() & ~u64{kTestAndSet};
    const unsigned wanted = trans.get_data_length();
    if (offset < config_.size_bytes && wanted > config_.size_bytes - offset)
        trans.set_data_length(unsigned(config_.size_bytes - offset));
    const unsigned moved = copy(trans, false);
    trans.set_data_length(wanted);
    return moved;
}

/// Read-only and a word at a time, for whoever decodes instructions; withdrawn when the word is
/// written. Data accesses go through the arbiters and are never granted a pointer.
bool Tcdm::get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
    const u64 offset = trans.get_address() & ~u64{kTestAndSet};
    const u64 word = offset / CodeWords::kBytes * CodeWords::kBytes;
    const u64 start = (trans.get_address() & kTestAndSet) | word;
    dmi.set_start_address(start);
    dmi.set_end_address(start + CodeWords::kBytes - 1);
    if (!trans.is_read() || offset >= config_.size_bytes) {
        dmi.allow_none();  // of this word, to this command
        return false;
    }
    code_words_.add(word);
    dmi.set_dmi_ptr(reinterpret_cast<unsigned char*>(bytes_.data() + word));
    dmi.allow_read();
    return true;
}

}  // namespace flexv::tcdm
