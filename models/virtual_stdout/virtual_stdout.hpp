// SPDX-License-Identifier: Apache-2.0
// The window to which the firmware's printf stores its characters. Not silicon: the test bench of
// the chip has it at the same place.
#pragma once

#include "base/register_block.hpp"
#include "virtual_stdout/line_buffers.hpp"

namespace flexv::virtual_stdout {

class VirtualStdout final : public RegisterBlock {
public:
    struct Config {
        /// Takes each finished line with its '\n'; stdout without one.
        LineBuffers::Sink sink = {};
    };

    VirtualStdout(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    void reset() override { lines_.clear(); }
    void serialize(StateArchive& archive) override {
        RegisterBlock::serialize(archive);
        archive(lines_);
    }
    /// To be called at the end of the run: passes on unfinished lines.
    void flush() { lines_.flush(); }

private:
    static constexpr unsigned kClusters = 32;
    static constexpr unsigned kCores = 16;  ///< places a cluster

    void put(unsigned place, u32 value);

    LineBuffers lines_;
    RegisterArray ports_{
        bank_,
        {.offset = 0,
         .name = "PUTC",
         .doc =
             "Prints the low byte of what is stored. The place is core + 16 * cluster; the fabric "
             "controller's is 496.",
         .count = kClusters * kCores,
         .stride_bytes = 8,
         .access = Access::write_only,
         .fields = {{.name = "CHARACTER", .lsb = 0, .width = 8}},
         .on_write = [this](unsigned place, u32, u32 value) { put(place, value); }}};
    Counter characters_{*this, "characters", "characters printed"};
};

}  // namespace flexv::virtual_stdout
