// SPDX-License-Identifier: Apache-2.0
// For whom an image was written: for a cluster whose cores all start, or for a fabric controller
// that starts them. Nothing in the ELF header tells; runtimes and the peripherals they use do.
#pragma once

#include "platform/config/configuration.hpp"
#include "platform/firmware/elf.hpp"

#include <optional>
#include <string>

namespace flexv::platform {

struct BootStyle {
    Boot boot = Boot::cluster;
    std::string evidence;  ///< "symbol pos_fll_init"
};

/// Nothing when the image does not show it, or runs on both as those of sw/runtime do.
[[nodiscard]] std::optional<BootStyle> boot_style(const ElfImage& image);

/// "the image is written for ...; try --config ..." when it was started in the other style; else
/// empty.
[[nodiscard]] std::string boot_style_hint(const ElfImage& image, Boot started);

}  // namespace flexv::platform
