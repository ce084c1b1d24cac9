// SPDX-License-Identifier: Apache-2.0
#include "virtual_stdout/line_buffers.hpp"

namespace flexv::virtual_stdout {

void LineBuffers::put(Writer writer, char character) {
    std::string& line = lines_[writer];
    line += character;
    if (character != '\n' && line.size() < kMaxLineBytes)
        return;
    sink_(line);
    line.clear();
}

void LineBuffers::flush() {
    std::string rest;
    for (const auto& [writer, line] : lines_) {
        if (line.empty())
            continue;
        if (!rest.empty())
            rest += '\n';
        rest += line;
    }
    lines_.clear();
    if (!rest.empty())
        sink_(rest);
}

}  // namespace flexv::virtual_stdout
