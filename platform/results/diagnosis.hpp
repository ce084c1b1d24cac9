// SPDX-License-Identifier: Apache-2.0
// Where every core stood when a run ended that should not have, and how it had come there, as plain
// data: the message on the terminal and the report are two views of it.
#pragma once

#include "base/units.hpp"

#include <string>
#include <utility>
#include <vector>

namespace flexv::platform {

/// An instruction and where it comes from; texts are empty where the image does not tell.
struct CodePlace {
    Address pc = 0;
    std::string symbol;  ///< "main+0x12"
    std::string file;
    unsigned line = 0;
    std::vector<std::string> inlined_at;  ///< "/x/main.c:12", where its function was, outwards

    /// "0x1c008a42 main+0x12 (io.h:9, inlined at dma.h:50, main.c:12)"
    [[nodiscard]] std::string text() const;
};

struct StackLine {
    CodePlace place;
    std::string function;         ///< name in the source
    bool is_inlined = false;      ///< its code is part of the next line's
    bool is_interrupted = false;  ///< the lines above are the handler of an interrupt or exception
};

/// One of the last instructions.
struct PastLine {
    Cycles cycle = 0;  ///< of the core's own clock, in which it was in front
    CodePlace place;
    std::string instruction;  ///< "lw a5, 4(a0)"
    std::string effect;       ///< "a5=0000002a", "[1c000100]=00000001"; empty for none
};

struct CoreDiagnosis {
    std::string name;  ///< "cluster.core0"
    u32 hartid = 0;
    std::string state;  ///< what it waits for, or "running"
    u64 instructions = 0;
    CodePlace place;
    std::vector<StackLine> stack;                        ///< innermost first
    bool is_stack_cut = false;                           ///< `stack` has its end only
    std::vector<std::pair<std::string, u32>> registers;  ///< name, value
};

struct Diagnosis {
    std::string what;  ///< one sentence
    std::string core;  ///< that it is about; empty: none in particular
    std::vector<CoreDiagnosis> cores;
    std::vector<PastLine> past;  ///< of `core`, the oldest first; the last one has not been done
    std::string past_note;       ///< why `past` is empty
    std::vector<std::string> hints;

    [[nodiscard]] const CoreDiagnosis* subject() const;  ///< null: no core in particular
};

/// What a person reads below `what`: call stacks, last instructions, registers, the other cores,
/// hints.
[[nodiscard]] std::string details_of(const Diagnosis& diagnosis);

}  // namespace flexv::platform
