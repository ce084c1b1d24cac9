// SPDX-License-Identifier: Apache-2.0
// What a check of `--check` has found, as plain data: the message on the terminal and the report
// are two views of it.
#pragma once

#include "base/units.hpp"
#include "platform/results/diagnosis.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

/// One of those who take part.
struct FindingSide {
    std::string who;   ///< "cluster.core3", "DMA transfer 0"
    std::string does;  ///< "writes 4 bytes at 0x10000400"
    std::optional<CodePlace> place;
    Cycles cycle = 0;  ///< of the cluster's clock

    /// "cluster.core3 writes 4 bytes at 0x10000400: pc 0x1c008a42 main+0x12 (main.c:12), cycle 812"
    [[nodiscard]] std::string text() const;
};

struct Finding {
    std::string check;  ///< "races"
    std::string what;   ///< one sentence
    std::vector<FindingSide> sides;
    std::string hint;  ///< what to do; may be empty

    /// All of it, for a person; lines behind the first are indented.
    [[nodiscard]] std::string text() const;
};

}  // namespace flexv::platform
