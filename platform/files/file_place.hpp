// SPDX-License-Identifier: Apache-2.0
// Where a path that the user gave leads: to a file, through all links, or to a stream. Two paths
// are compared by what they lead to, not by how they are written.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace flexv::platform {

/// A file that exists, whatever it is called.
struct FileId {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const FileId&, const FileId&) = default;
};

struct FilePlace {
    enum class Kind {
        missing,     ///< nothing is there yet
        regular,     ///< a file with contents
        folder,      ///< a directory
        pipe,        ///< a FIFO or a socket
        device,      ///< a character or block device
        descriptor,  ///< /dev/stdout, /dev/fd/N and the like: a stream that is open already
    };
    Kind kind = Kind::missing;
    std::string path;            ///< behind all symbolic links; its folder exists
    std::string folder;          ///< of the path
    int descriptor = -1;         ///< of Kind::descriptor
    std::optional<FileId> id;    ///< of what exists and is not a device
    std::optional<mode_t> mode;  ///< permissions of what exists
};

/// Throws UserError: the folder is missing, links in a circle, no right to look.
[[nodiscard]] FilePlace find_place(const std::string& path);

/// The id of an open file; nullopt for a device or a descriptor that is not open.
[[nodiscard]] std::optional<FileId> id_of_descriptor(int descriptor);

/// Both lead to the same file, which need not exist yet.
[[nodiscard]] bool is_same_file(const FilePlace& one, const FilePlace& other);

}  // namespace flexv::platform
