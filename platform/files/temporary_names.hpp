// SPDX-License-Identifier: Apache-2.0
// Names of files that must not outlive the program. Most temporary files have none; those that need
// one, for a moment or on a file system without nameless files, stand here, where the handler of a
// signal finds them.
#pragma once

#include <string>

namespace flexv::platform {

/// Holds a name that is removed, with the file, when the program ends by a signal or the object
/// goes. The file is made, and maybe renamed, by the owner.
class TemporaryName {
public:
    explicit TemporaryName(std::string path);
    ~TemporaryName();
    TemporaryName(const TemporaryName&) = delete;
    TemporaryName& operator=(const TemporaryName&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// The file has got its real name: there is nothing to remove any more.
    void forget() noexcept;

private:
    const std::string path_;
    int slot_ = -1;
};

/// A path in `folder` that no other file has.
[[nodiscard]] std::string temporary_path(const std::string& folder);

/// Removes all files that have such a name. Safe in the handler of a signal.
void remove_temporary_names() noexcept;

}  // namespace flexv::platform
