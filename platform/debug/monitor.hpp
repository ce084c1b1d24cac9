// SPDX-License-Identifier: Apache-2.0
// The commands behind GDB's `monitor`: what the platform shows beyond registers and memory. All but
// `reset` and `stop_at` look and change nothing.
#pragma once

#include "energy/counters.hpp"
#include "platform/system/soc.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace flexv::platform {

/// Texts of whoever runs the platform.
struct MonitorTexts {
    std::function<std::string()> report;   ///< of the run so far
    std::function<std::string()> regions;  ///< that were entered so far
    std::function<std::string()> reset{};  ///< why the run cannot go back to its start
    /// Stops the run at a cycle; what comes of it.
    std::function<std::string(const std::string& cycle)> stop_at{};
};

class Monitor {
public:
    Monitor(Soc& soc, MonitorTexts texts) : soc_(soc), texts_(std::move(texts)), counters_(soc) {}

    /// What the command prints; for an unknown one, which there are.
    [[nodiscard]] std::string answer(std::string_view line);

private:
    struct Row;
    static const Row kRows[];

    [[nodiscard]] std::string help(const std::string& argument);
    [[nodiscard]] std::string cores(const std::string& argument);
    [[nodiscard]] std::string event_unit(const std::string& argument);
    [[nodiscard]] std::string dma(const std::string& argument);
    [[nodiscard]] std::string registers(const std::string& argument);
    [[nodiscard]] std::string counters(const std::string& argument);
    [[nodiscard]] std::string report(const std::string& argument);
    [[nodiscard]] std::string regions(const std::string& argument);
    [[nodiscard]] std::string reset(const std::string& argument);
    [[nodiscard]] std::string stop_at(const std::string& argument);

    Soc& soc_;
    MonitorTexts texts_;
    energy::CounterSet counters_;
};

}  // namespace flexv::platform
