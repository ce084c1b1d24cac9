// SPDX-License-Identifier: Apache-2.0
// A plug-in as a file: a shared object with types of devices (flexv/plugin.hpp). None of its code
// runs before the file is found to be whole and made for this program.
#pragma once

#include "flexv/plugin.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

class PluginLibrary {
public:
    /// Loads the file once per program, where it stays to the end. `path` is that of a file, never
    /// a name for the linker to search. Throws UserError, whose message begins with `path`.
    static const PluginLibrary& load(const std::string& path);

    PluginLibrary(const PluginLibrary&) = delete;
    PluginLibrary& operator=(const PluginLibrary&) = delete;
    ~PluginLibrary();

    [[nodiscard]] const std::vector<plugin::Type>& types() const { return types_; }
    /// The type `name`. Throws UserError, which says what there is.
    [[nodiscard]] const plugin::Type& type(const std::string& name) const;

private:
    explicit PluginLibrary(const std::string& path);
    void describe();

    class Handle;
    const std::string path_;
    std::unique_ptr<Handle> handle_;
    std::vector<plugin::Type> types_;  // their code is in the library
};

/// Why the file of these bytes is no plug-in for this program: "is no ELF file; ...". Empty when it
/// is one.
[[nodiscard]] std::string mistake_in_plugin(std::string_view file);

/// Why the program cannot have been built as `identity` says; empty when it fits.
[[nodiscard]] std::string mistake_in(const plugin::Identity& identity);

}  // namespace flexv::platform
