// SPDX-License-Identifier: Apache-2.0
#include "platform/run/uart_line.hpp"

#include "base/console.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace flexv::platform {

namespace {

constexpr Endpoint::Patience kLongestWait{100};        // between two looks at must_end()
constexpr std::chrono::milliseconds kBetweenReads{1};  // a look costs some system calls
constexpr std::size_t kMostKept = 64_KiB;

std::unique_ptr<Endpoint> endpoint_at(const std::string& place) {
    return place == "pty" ? make_pseudo_terminal("--uart") : listen_at("--uart", place);
}

}  // namespace

UartLine::UartLine(Soc& soc, const UartOptions& options, std::function<bool()> must_end)
    : soc_(soc),
      waits_(options.waits),
      must_end_(std::move(must_end)),
      endpoint_(endpoint_at(options.place)) {
    soc_.peripherals.uart.connect(*this);
}

void UartLine::begin() {
    console::tell("uart: {}\n", endpoint_->address());
    while (waits_ && !endpoint_->is_connected() && !must_end_())
        accept(kLongestWait);
}

void UartLine::finish() {
    if (!endpoint_->is_connected())
        accept({});
    const u64 unread = kept_.size() + lost_;
    if (unread != 0)
        console::tell("uart: {} characters were read by nobody\n", unread);
    endpoint_->close();
}

// What the firmware does.

/// A peer that is slow holds the run up, one that is not there does not.
void UartLine::send(std::string_view text) {
    kept_ += text;
    send_kept();
}

void UartLine::send_kept() {
    while (endpoint_->is_connected() && !kept_.empty()) {
        const auto taken = endpoint_->send(kept_, kLongestWait);
        if (!taken)
            lose();
        else if (*taken == 0 && must_end_())
            return;
        else
            kept_.erase(0, taken.value_or(0));
    }
    keep();
}

/// The latest of what nobody reads, for who comes next.
void UartLine::keep() {
    if (kept_.size() <= kMostKept)
        return;
    const std::size_t excess = kept_.size() - kMostKept;
    lost_ += excess;
    kept_.erase(0, excess);
}

std::string UartLine::receive(std::size_t most) {
    if (typed_.empty())
        look({});
    std::string taken = typed_.substr(0, most);
    typed_.erase(0, most);
    return taken;
}

// What the peer does.

bool UartLine::exchange(bool is_asleep) {
    const bool waits = soc_.peripherals.uart.waits_for_line();
    if (is_asleep && !waits)
        return false;
    const auto ahead = lead();
    const auto patience = is_asleep ? kLongestWait : std::chrono::floor<Endpoint::Patience>(ahead);
    if (typed_.empty())
        look(std::min(patience, kLongestWait));
    else if (patience.count() > 0)
        std::this_thread::sleep_for(std::min(patience, kLongestWait));
    if (waits && !typed_.empty())
        soc_.peripherals.uart.look_at_line(Cycles(soc_.arrival_cycle()));
    return true;
}

UartLine::Clock::duration UartLine::lead() {
    const std::chrono::duration<double> simulated(soc_.time().to_seconds());
    return pace_.lead(std::chrono::duration_cast<Pace::Duration>(simulated), Clock::now() - start_);
}

void UartLine::look(Endpoint::Patience patience) {
    const Clock::time_point now = Clock::now();
    if (patience.count() == 0 && now < next_look_)
        return;
    next_look_ = now + kBetweenReads;
    if (!endpoint_->is_connected())
        return accept(patience);
    if (const auto bytes = endpoint_->receive(patience))
        typed_ += *bytes;
    else
        lose();
}

void UartLine::accept(Endpoint::Patience patience) {
    if (endpoint_->accept(patience))
        send_kept();
}

void UartLine::lose() {
    endpoint_->close();
    console::tell("uart: nobody is there any more; the run goes on and listens at {}\n",
                  endpoint_->address());
}

}  // namespace flexv::platform
