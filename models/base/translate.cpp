// SPDX-License-Identifier: Apache-2.0
#include "base/translate.hpp"

namespace flexv {

bool can_translate() { return FLEXV_HAS_BACK_END != 0; }

}  // namespace flexv
