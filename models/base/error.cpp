// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <string_view>

namespace flexv {

void assertion_failed(const char* condition, const char* file, int line, const std::string& what) {
    const std::string_view path = file;
    const std::string_view name = path.substr(path.rfind('/') + 1);
    throw InternalError(fmt::format("{}:{}: {} ({})", name, line, what, condition));
}

}  // namespace flexv
