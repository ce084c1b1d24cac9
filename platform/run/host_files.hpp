// SPDX-License-Identifier: Apache-2.0
// Files of the host that firmware may use: those below one folder, and no others, whatever paths
// and links say. Plain logic around descriptors of the host.
#pragma once

#include "base/units.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform {

class HostFiles {
public:
    /// Empty: no files at all. Throws UserError when it is no folder.
    explicit HostFiles(const std::string& root);
    ~HostFiles();
    HostFiles(const HostFiles&) = delete;
    HostFiles& operator=(const HostFiles&) = delete;

    /// A result, or nothing and error() says why, as errno does.
    template <typename T>
    using Result = std::optional<T>;

    /// \param flags of open(2)  \returns a handle from `first` on
    [[nodiscard]] Result<u32> open(std::string_view path, int flags);
    [[nodiscard]] bool close(u32 handle);
    [[nodiscard]] Result<std::string> read(u32 handle, u32 bytes);
    /// \returns how many bytes were written
    [[nodiscard]] Result<u32> write(u32 handle, std::string_view bytes);
    [[nodiscard]] bool seek(u32 handle, u32 position);
    [[nodiscard]] Result<u32> length(u32 handle);
    [[nodiscard]] bool remove(std::string_view path);
    [[nodiscard]] bool rename(std::string_view from, std::string_view to);
    [[nodiscard]] bool holds(u32 handle) const { return descriptors_.contains(handle); }
    /// None is open.
    [[nodiscard]] bool is_empty() const { return descriptors_.empty(); }
    [[nodiscard]] int error() const { return error_; }
    /// What is open, in all, at most.
    static constexpr std::size_t kMostFiles = 256;
    static constexpr u32 kFirstHandle = 4;  ///< below are the console's

private:
    /// The folder that holds the last part of a path; -1 outside of the root.
    [[nodiscard]] int folder_of(std::string_view path, std::string& name);
    [[nodiscard]] int descriptor(u32 handle);
    bool fail(int error);

    int root_ = -1;
    std::map<u32, int> descriptors_;  // [handle]
    int error_ = 0;
};

}  // namespace flexv::platform
