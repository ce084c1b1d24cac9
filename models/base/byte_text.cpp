// SPDX-License-Identifier: Apache-2.0
#include "base/byte_text.hpp"

#include <fmt/format.h>

namespace flexv {

std::string bytes_text(u64 bytes) {
    if (bytes >= 1_MiB && bytes % 1_MiB == 0)
        return fmt::format("{} MiB", bytes / 1_MiB);
    if (bytes >= 1_KiB && bytes % 1_KiB == 0)
        return fmt::format("{} KiB", bytes / 1_KiB);
    return fmt::format("{} B", bytes);
}

}  // namespace flexv
