// SPDX-License-Identifier: Apache-2.0
// `--check uninit`: tells when a value that nobody has written decides something: an address, a
// branch, or what leaves the cores. Copying such values about is no mistake, as compilers do it
// with registers that they save.
#pragma once

#include "platform/checks/findings.hpp"
#include "platform/checks/memory_places.hpp"
#include "platform/checks/shadow_memory.hpp"
#include "platform/checks/undefined_values.hpp"
#include "platform/system/soc.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class UninitCheck {
public:
    /// Observes all cores and DMAs of `soc`, which are not started yet; all outlive it. Contents
    /// of the image's file are defined, the zeros that a loader puts behind them are not.
    UninitCheck(Soc& soc, const ElfImage& image, Findings& findings);
    ~UninitCheck();
    UninitCheck(const UninitCheck&) = delete;
    UninitCheck& operator=(const UninitCheck&) = delete;

private:
    class CoreObserver;

    void load_image();
    void transfer(unsigned cluster, const dma::Command& command);
    /// What the host, or another master, has written.
    void define(Address address, u64 bytes);
    [[nodiscard]] bool is_in_zeros(Address address) const;

    Soc& soc_;
    const ElfImage& image_;
    Findings& findings_;
    const MemoryPlaces places_;
    ShadowMemory memory_;
    std::vector<std::unique_ptr<CoreObserver>> observers_;
    Address receive_address_ = 0;  // of the UART's DMA, as it was programmed last
};

}  // namespace flexv::platform
