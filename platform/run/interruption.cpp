// SPDX-License-Identifier: Apache-2.0
#include "platform/run/interruption.hpp"

#include "base/console.hpp"
#include "platform/files/temporary_names.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <string_view>

namespace flexv::platform {

namespace {

constexpr int kStatusOfSignals = 128;  // 128 + N, as a shell says it

std::atomic<int> deferrals{0};
std::atomic<int> noted_signal{0};
static_assert(std::atomic<int>::is_always_lock_free, "the handlers may touch it");

struct Named {
    int signal;
    std::string_view text;
};
constexpr std::array<Named, 4> kTexts = {{{SIGHUP, "interrupted by signal 1 (SIGHUP)"},
                                          {SIGINT, "interrupted by signal 2 (SIGINT)"},
                                          {SIGPIPE, "interrupted by signal 13 (SIGPIPE)"},
                                          {SIGTERM, "interrupted by signal 15 (SIGTERM)"}}};

std::string_view text_of(int signal) noexcept {
    for (const Named& named : kTexts)
        if (named.signal == signal)
            return named.text;
    return "interrupted by a signal";
}

void end_at_once(int signal) noexcept {
    remove_temporary_names();
    console::tell("flexv: ");
    console::tell(text_of(signal));
    console::tell("\n");
    _exit(kStatusOfSignals + signal);
}

extern "C" void on_signal(int signal) {
    int none = 0;
    if (deferrals.load() > 0 && noted_signal.compare_exchange_strong(none, signal))
        return;
    end_at_once(signal);
}

}  // namespace

void handle_signals() {
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;  // what is being read or written goes on
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGHUP, SIGINT, SIGTERM})
        sigaddset(&action.sa_mask, signal);
    struct sigaction before = {};
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, nullptr);
}

SignalDeferral::SignalDeferral() noexcept {
    if (deferrals++ == 0)
        noted_signal = 0;
}

SignalDeferral::~SignalDeferral() { --deferrals; }

int SignalDeferral::noted() const noexcept { return noted_signal; }

std::string interruption_text(int signal) { return std::string(text_of(signal)); }

}  // namespace flexv::platform
