// SPDX-License-Identifier: Apache-2.0
// A file descriptor that is closed behind its last use.
#pragma once

#include <unistd.h>

namespace flexv::platform {

class Descriptor {
public:
    /// \param number negative for none
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }

private:
    const int number_;
};

}  // namespace flexv::platform
