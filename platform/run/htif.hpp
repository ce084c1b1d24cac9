// SPDX-License-Identifier: Apache-2.0
// The host-target interface of riscv-tests and of many ports of programs: firmware writes to the
// word `tohost` to end the run, to print a character, or to ask for a system call, and waits for
// `fromhost`. Only for images that define `tohost`; a memory tells of the write, nothing polls.
// Source: riscv-isa-sim, fesvr/htif.cc and device.cc; riscv-tests, env/p/riscv_test.h.
#pragma once

#include "base/timeline.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/system/soc.hpp"

#include <optional>

namespace flexv::platform {

class Htif final : private Agent {
public:
    /// Both outlive it.
    Htif(Soc& soc, const ElfImage& image);

    [[nodiscard]] bool is_used() const { return to_host_.has_value(); }
    /// Watches the word from now on. Behind loading.
    void begin();
    /// Bytes `first` to `last` of a memory have been written.
    void on_written(Address first, Address last);
    /// The run is over: a low word that still waits for its high word is all that there is.
    void conclude();
    /// What waits; the timeline has when that is over.
    void serialize(StateArchive& archive) { archive(low_, patience_ends_, high_came_); }

private:
    void act(Cycles now) override;
    void arm();
    void take(bool has_low, bool has_high);
    void wait_for_high(u32 low);
    void complete(u64 request);
    bool serve(u64 request);
    void call_system(Address block);
    [[nodiscard]] u64 request();
    [[nodiscard]] u64 long_at(Address address);
    void put(Address address, u64 value, unsigned bytes);

    Soc& soc_;
    const std::optional<Address> to_host_;
    const std::optional<Address> from_host_;
    const unsigned to_bytes_;    // 8, or 4 where the image says so
    const unsigned from_bytes_;  // the same
    bool is_writing_ = false;
    std::optional<u32> low_;    // a low word that has come alone
    Cycles patience_ends_ = 0;  // and is all that there is from here on
    bool high_came_ = false;    // a high word has, and its low word has not
};

}  // namespace flexv::platform
