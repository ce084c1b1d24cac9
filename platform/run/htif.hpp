// SPDX-License-Identifier: Apache-2.0
// The host-target interface of riscv-tests and of many ports of programs: firmware writes to the
// word `tohost` to end the run, to print a character, or to ask for a system call, and waits for
// `fromhost`. Only for images that define `tohost`; a memory tells of the write, nothing polls.
// Source: riscv-isa-sim, fesvr/htif.cc and device.cc; riscv-tests, env/p/riscv_test.h.
#pragma once

#include "platform/firmware/elf.hpp"
#include "platform/system/soc.hpp"

#include <optional>

namespace flexv::platform {

class Htif {
public:
    /// Both outlive it.
    Htif(Soc& soc, const ElfImage& image);

    [[nodiscard]] bool is_used() const { return to_host_.has_value(); }
    /// Watches the word from now on. Behind loading.
    void begin();
    /// Bytes `first` to `last` of a memory have been written.
    void on_written(Address first, Address last);

private:
    void arm();
    void serve(u64 request);
    void call_system(Address block);
    [[nodiscard]] u64 long_at(Address address);
    void put_long(Address address, u64 value);

    Soc& soc_;
    const std::optional<Address> to_host_;
    const std::optional<Address> from_host_;
    bool is_writing_ = false;
};

}  // namespace flexv::platform
