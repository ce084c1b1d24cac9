// SPDX-License-Identifier: Apache-2.0
// Makes a Fast Signal Trace of a value change dump while that is written, through GTKWave's vcd2fst
// in a process of its own.
#pragma once

#include <sys/types.h>

#include <string_view>

namespace flexv::platform {

class OutputFile;

class FstConverter {
public:
    /// What is made goes into `file`, which outlives the converter. Throws UserError when vcd2fst
    /// is not installed.
    explicit FstConverter(OutputFile& file);
    ~FstConverter();
    FstConverter(const FstConverter&) = delete;
    FstConverter& operator=(const FstConverter&) = delete;

    /// Text of the dump. A failure is remembered by the file.
    void write(std::string_view text);
    /// The dump is complete: waits for the rest. The file has failed when it was not converted
    /// wholly.
    void finish();

private:
    void start();
    /// Closes the pipe. \returns whether the process has ended well
    bool wait();

    OutputFile& file_;
    int pipe_ = -1;
    pid_t process_ = -1;
};

}  // namespace flexv::platform
