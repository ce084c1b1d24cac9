// SPDX-License-Identifier: Apache-2.0
// An output that the user asked for. A file appears whole, by commit(), or not at all: until then
// it is written beside its place, without a name where the file system allows that. Streams
// (devices, pipes, open descriptors) are written at once.
#pragma once

#include "base/units.hpp"
#include "platform/files/file_place.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform {

class TemporaryName;

class OutputFile {
public:
    /// Opens what `path` leads to; `what` names it in messages: "--report". Throws UserError when
    /// it cannot be written, or would overwrite an input or another output.
    OutputFile(std::string what, std::string path);
    /// Without commit() a file stays as it was.
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    /// Nothing is thrown for a full disk: the first failure is remembered, see problem().
    void write(std::string_view text);
    /// Puts the file into its place, with the permissions of the one that it replaces; not when
    /// something has failed.
    void commit();
    /// What a person should read about a failure; empty for none, and for a reader that has gone
    /// away, which is no mistake.
    [[nodiscard]] std::string problem() const;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// "--report report.json", for messages.
    [[nodiscard]] std::string name() const { return what_ + " " + path_; }
    /// Gives the file up: `why` has happened to who writes through descriptor().
    void fail(std::string why);
    /// Nothing more will be written, because something could not be.
    [[nodiscard]] bool has_failed() const { return !why_.empty(); }
    /// The reader of an open stream, /dev/stdout, has gone away: what SIGPIPE is for.
    [[nodiscard]] bool has_lost_reader() const;
    /// Another process may write what follows through this descriptor; it stays ours.
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    [[nodiscard]] bool is_stream() const;
    void refuse_conflicts() const;
    void open_stream();
    void open_beside();
    void flush();
    void fail(int error);
    void close() noexcept;
    void publish();
    [[noreturn]] void refuse(std::string_view why) const;

    const std::string what_;
    const std::string path_;
    FilePlace place_;
    int descriptor_ = -1;
    int error_ = 0;                        ///< errno of the first failure, if it has one
    std::string why_;                      ///< it failed; empty: it has not
    std::string buffer_;                   ///< not written yet
    std::unique_ptr<TemporaryName> name_;  ///< of the file until commit(); null: it has none
};

/// "--report report.json", of an output of the same file that is being written; nullopt for none.
[[nodiscard]] std::optional<std::string> output_at(const FilePlace& place);

}  // namespace flexv::platform
