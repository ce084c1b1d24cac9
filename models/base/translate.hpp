// SPDX-License-Identifier: Apache-2.0
// Whether hot code becomes code of the host: a choice of the whole simulation, and a fact of the
// build.
#pragma once

#include "base/units.hpp"

namespace flexv {

enum class Translate : u8 {
    off,    ///< everything is interpreted
    on,     ///< what is hot is translated
    check,  ///< all is translated, and interpreted, too, and both must agree
};

/// This build has a back end for this host (CMake: FLEXV_TRANSLATION). Without, all is off.
[[nodiscard]] bool can_translate();

}  // namespace flexv
