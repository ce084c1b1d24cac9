// SPDX-License-Identifier: Apache-2.0
#include "platform/cosim/external_window.hpp"

#include "base/error.hpp"
#include "base/thrown.hpp"

#include <sysc/kernel/sc_dynamic_processes.h>

#include <algorithm>
#include <utility>

namespace flexv::platform::cosim {

namespace {

constexpr std::size_t kStackBytes = 256 << 10;  // somebody else's code runs on it
constexpr u64 kWordBytes = 4;

LateReplyExtension* late_of(const tlm::tlm_generic_payload& trans) {
    auto* const late = trans.get_extension<LateReplyExtension>();
    return late != nullptr && late->taker != nullptr ? late : nullptr;
}

}  // namespace

/// A process that calls the target. There are as many as accesses that were outside together.
class ExternalWindow::Carrier {
public:
    Carrier(ExternalWindow& window, std::size_t index) : window_(window) {
        sc_core::sc_spawn_options options;
        options.set_stack_size(kStackBytes);
        sc_core::sc_spawn([this] { run(); },
                          fmt::format("{}_carrier{}", window.basename(), index).c_str(), &options);
    }

    void begin(Transaction& transaction) {
        job_ = &transaction;
        begun_.notify(sc_core::SC_ZERO_TIME);
    }

private:
    void run() {
        for (;;) {
            if (job_ == nullptr)
                sc_core::wait(begun_);
            window_.carry(*std::exchange(job_, nullptr));
            window_.idle_.push_back(this);
        }
    }

    ExternalWindow& window_;
    Transaction* job_ = nullptr;
    sc_core::sc_event begun_;
};

ExternalWindow::ExternalWindow(const sc_core::sc_module_name& name, const ClockDomain& clock,
                               const Config& config)
    : Module(name), config_(config), clock_(clock) {
    bus_in.register_b_transport(this, &ExternalWindow::b_transport);
    bus_in.register_transport_dbg(this, &ExternalWindow::transport_dbg);
    bus_in.register_get_direct_mem_ptr(this, &ExternalWindow::get_direct_mem_ptr);
    out.bind(*this);
}

ExternalWindow::~ExternalWindow() = default;

/// An access of the platform's own process goes to a carrier; that of somebody else, who can wait,
/// goes on in his process, with his payload.
void ExternalWindow::b_transport(int /*from*/, tlm::tlm_generic_payload& trans,
                                 sc_core::sc_time& delay) {
    auto* const late = late_of(trans);
    count(trans);
    delay += clock_.duration_of(config_.latency_cycles);
    if (late == nullptr) {
        call(trans, delay);
        return;
    }
    if (!is_bound()) {
        late->refusal = call(trans, delay);
        return;
    }
    FLEXV_ASSERT(traffic_ != nullptr, "a window has joined the traffic before time starts");
    Transaction& transaction = stock_.take(trans);
    const sc_core::sc_time kernel = sc_core::sc_time_stamp();
    const sc_core::sc_time cycle = std::min(traffic_->leave(), kernel);
    transaction.start = cycle + delay;
    transaction.offset = trans.get_address();
    transaction.taker = late->taker;
    transaction.ticket = late->ticket;
    late->is_late = true;
    trans.set_response_status(tlm::TLM_OK_RESPONSE);  // of the call; replied() has the answer's
    open_.push_back(&transaction);
    send(transaction);
}

void ExternalWindow::send(Transaction& transaction) {
    if (idle_.empty()) {
        carriers_.push_back(std::make_unique<Carrier>(*this, carriers_.size()));
        idle_.push_back(carriers_.back().get());
    }
    Carrier& carrier = *idle_.back();
    idle_.pop_back();
    carrier.begin(transaction);
}

/// In a process of its own: the kernel's time moves to that of the access, then to wherever the
/// target waits.
void ExternalWindow::carry(Transaction& transaction) {
    if (transaction.start > sc_core::sc_time_stamp())
        sc_core::wait(transaction.start - sc_core::sc_time_stamp());
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    transaction.refusal = call(transaction.payload, delay);
    transaction.answered = sc_core::sc_time_stamp() + delay;
    if (!traffic_->failure().empty())
        return;  // the run ends, and nobody is told of an answer that there is not
    std::erase(open_, &transaction);
    traffic_->come_back(transaction);
}

/// A target that throws leaves no answer, and the run ends in order.
void ExternalWindow::transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    const std::string thrown = thrown_by([&] { out->b_transport(trans, delay); });
    if (thrown.empty())
        return;
    trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    fail("b_transport", thrown);
}

unsigned ExternalWindow::transport_debug(tlm::tlm_generic_payload& trans) {
    unsigned moved = 0;
    const std::string thrown = thrown_by([&] { moved = out->transport_dbg(trans); });
    if (!thrown.empty())
        fail("transport_dbg", thrown);
    return moved;
}

void ExternalWindow::fail(const char* where, const std::string& thrown) {
    traffic_->fail(fmt::format("{}: its target throws in {}: {}", config_.key, where, thrown));
}

std::string ExternalWindow::call(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
    if (!is_bound()) {
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        ++errors_;
        return fmt::format("{}: no target is bound to this window", config_.key);
    }
    const sc_core::sc_time before = delay + sc_core::sc_time_stamp();
    const u64 offset = trans.get_address();  // a router behind the window may change it
    transport(trans, delay);
    forget_written(trans, offset);
    if (delay + sc_core::sc_time_stamp() < before) {
        log_.warn("the target has made the delay that it was given shorter; it may only add");
        delay = before - sc_core::sc_time_stamp();
    }
    if (trans.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE) {
        trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        ++errors_;
        return fmt::format(
            "{}: the target has left the response status at TLM_INCOMPLETE_RESPONSE; it must set "
            "one",
            config_.key);
    }
    if (trans.is_response_ok())
        return {};
    ++errors_;
    return fmt::format("{}: its target answers {}", config_.key, trans.get_response_string());
}

unsigned ExternalWindow::transport_dbg(int /*from*/, tlm::tlm_generic_payload& trans) {
    if (!is_bound()) {
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return 0;
    }
    const u64 offset = trans.get_address();
    const unsigned moved = transport_debug(trans);
    if (moved != 0)
        forget_written(trans, offset);
    return moved;
}

/// Who asks for a pointer may want nothing but to be told of writes, so the word is watched even
/// where the target grants none.
bool ExternalWindow::get_direct_mem_ptr(int /*from*/, tlm::tlm_generic_payload& trans,
                                        tlm::tlm_dmi& dmi) {
    if (!is_bound())
        return false;
    watched_.insert(trans.get_address() / kWordBytes);
    bool is_granted = false;
    const std::string thrown = thrown_by([&] { is_granted = out->get_direct_mem_ptr(trans, dmi); });
    if (!thrown.empty())
        fail("get_direct_mem_ptr", thrown);
    return is_granted && thrown.empty();
}

void ExternalWindow::forget_written(const tlm::tlm_generic_payload& trans, u64 first) {
    if (!trans.is_write() || watched_.empty() || trans.get_data_length() == 0)
        return;
    const u64 last = first + trans.get_data_length() - 1;
    const auto begin = watched_.lower_bound(first / kWordBytes);
    const auto end = watched_.upper_bound(last / kWordBytes);
    if (begin == end)
        return;
    watched_.erase(begin, end);
    withdraw(first, last);
}

void ExternalWindow::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
    if (first < config_.size_bytes)
        withdraw(first, std::min<u64>(last, config_.size_bytes - 1));
}

void ExternalWindow::withdraw(u64 first, u64 last) {
    for (unsigned initiator = 0; initiator < bus_in.size(); ++initiator)
        bus_in[int(initiator)]->invalidate_direct_mem_ptr(first, last);
}

/// The platform calls b_transport() only, so no target has a phase to answer.
tlm::tlm_sync_enum ExternalWindow::nb_transport_bw(tlm::tlm_generic_payload& /*trans*/,
                                                   tlm::tlm_phase& phase,
                                                   sc_core::sc_time& /*delay*/) {
    throw UserError(
        "{}: its target called nb_transport_bw() ({}) for a transaction that came by "
        "b_transport(); "
        "put flexv::AtTarget in front of a target that only knows nb_transport",
        config_.key, phase.get_name());
}

std::vector<std::string> ExternalWindow::unanswered() const {
    std::vector<std::string> texts;
    for (const Transaction* const open : open_)
        texts.push_back(fmt::format(
            "{}: its target has not returned from b_transport: {} of {} bytes at offset {:#x}, "
            "since {:.3f} us",
            config_.key, open->payload.is_write() ? "write" : "read",
            open->payload.get_data_length(), open->offset, open->start.to_seconds() * 1e6));
    return texts;
}

void ExternalWindow::count(const tlm::tlm_generic_payload& trans) {
    if (trans.get_command() == tlm::TLM_IGNORE_COMMAND)
        return;
    if (trans.is_write())
        ++writes_;
    else
        ++reads_;
    bytes_ += trans.get_data_length();
}

}  // namespace flexv::platform::cosim
