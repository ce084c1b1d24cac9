// SPDX-License-Identifier: Apache-2.0
// Somebody at the other end of the UART, who reads and types while the firmware runs. When
// characters come depends on the user and the host, so such a run does not repeat.
#pragma once

#include "platform/files/endpoint.hpp"
#include "platform/run/pace.hpp"
#include "platform/run/uart_options.hpp"
#include "platform/system/soc.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace flexv::platform {

class UartLine final : private udma::Uart::Line {
public:
    /// \param must_end asked while somebody is waited for: true ends the wait
    /// Throws UserError.
    UartLine(Soc& soc, const UartOptions& options, std::function<bool()> must_end);

    /// Says where it is, and waits for somebody if it is to. Before the first cycle.
    void begin();
    /// Between quanta, see RunControl::take_input(). While all sleep time stands still, and a line
    /// that nobody listens to wakes nobody.
    bool exchange(bool is_asleep);
    /// The firmware says no more.
    void finish();

private:
    using Clock = std::chrono::steady_clock;

    void send(std::string_view text) override;
    [[nodiscard]] std::string receive(std::size_t most) override;
    [[nodiscard]] Clock::duration lead();
    void look(Endpoint::Patience patience);
    void accept(Endpoint::Patience patience);
    void lose();
    void send_kept();
    void keep();

    Soc& soc_;
    const bool waits_;
    const std::function<bool()> must_end_;
    const std::unique_ptr<Endpoint> endpoint_;
    const Clock::time_point start_ = Clock::now();
    Clock::time_point next_look_ = start_;
    Pace pace_;
    std::string typed_;  // that the UART has not taken
    std::string kept_;   // that nobody has read
    u64 lost_ = 0;       // characters that were kept too long
};

}  // namespace flexv::platform
