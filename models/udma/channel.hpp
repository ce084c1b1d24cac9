// SPDX-License-Identifier: Apache-2.0
// One direction of a uDMA peripheral: a transfer that runs and one that waits behind it. Plain
// logic.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <optional>
#include <utility>

namespace flexv::udma {

struct Transfer {
    Address address = 0;
    u32 bytes = 0;
    bool repeats = false;  ///< starts again when it ends

    bool operator==(const Transfer&) const = default;
    void serialize(StateArchive& archive) { archive(address, bytes, repeats); }
};

class Channel {
public:
    /// Takes a transfer; a second one waits, a third replaces the second.
    void add(const Transfer& transfer) { (current_ ? next_ : current_) = transfer; }
    void clear() { current_ = next_ = std::nullopt; }

    [[nodiscard]] const std::optional<Transfer>& current() const { return current_; }
    [[nodiscard]] bool has_next() const { return next_.has_value(); }

    /// The current transfer has ended: the next one follows, or the same again.
    void finish() {
        if (next_ || !current_->repeats)
            current_ = std::exchange(next_, std::nullopt);
    }
    void serialize(StateArchive& archive) { archive(current_, next_); }

private:
    std::optional<Transfer> current_;
    std::optional<Transfer> next_;
};

}  // namespace flexv::udma
