// SPDX-License-Identifier: Apache-2.0
// Semihosting: firmware asks the host for a console, files, arguments, the time, an end of the run,
// by `slli x0, x0, 31; ebreak; srai x0, x0, 7` with the operation in a0. The sequences of an image
// are known, so a core stops in front of each ebreak as for a debugger, and nothing else costs
// anything. Source: "Semihosting for AArch32 and AArch64" (Arm) and "RISC-V Semihosting" 1.0.
#pragma once

#include "core/debugger.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/run/host_files.hpp"
#include "platform/run/semihosting_options.hpp"
#include "platform/system/soc.hpp"

#include <set>
#include <string>

namespace flexv::platform {

class Semihosting final : public core::Debugger {
public:
    /// \param next a debugger that shares the cores; null: there is none
    /// \param input what firmware reads from its console
    /// Throws UserError. All outlive the run.
    Semihosting(Soc& soc, const ElfImage& image, const SemihostingOptions& options,
                const std::string& input, core::Debugger* next);

    /// Whether the image has calls at all.
    [[nodiscard]] bool is_used() const { return !places_.empty(); }
    /// Firmware has opened files of the host.
    [[nodiscard]] bool has_open_files() const { return !files_.is_empty(); }
    /// While no files are open. Throws UserError where the input does not begin with what has been
    /// read of it.
    void serialize(StateArchive& archive);

private:
    struct Row;
    static const Row kRows[];

    core::Permission in_front(core::Core& core) override;
    [[nodiscard]] u32 serve(u32 operation, Address block);
    void find_calls(const ElfImage& image);

    // Operations: `block` is a1, mostly the address of their parameters.
    u32 open(Address block);
    u32 close(Address block);
    u32 write_character(Address block);
    u32 write_text(Address block);
    u32 write(Address block);
    u32 read(Address block);
    u32 read_character(Address block);
    u32 is_error(Address block);
    u32 is_terminal(Address block);
    u32 seek(Address block);
    u32 length(Address block);
    u32 temporary_name(Address block);
    u32 remove(Address block);
    u32 rename(Address block);
    u32 centiseconds(Address block);
    u32 seconds(Address block);
    u32 system(Address block);
    u32 error_number(Address block);
    u32 command_line(Address block);
    u32 heap(Address block);
    u32 exit(Address block);
    u32 exit_with_code(Address block);
    u32 elapsed(Address block);
    u32 tick_frequency(Address block);

    [[nodiscard]] u32 parameter(Address block, unsigned index);
    [[nodiscard]] std::string bytes_at(Address address, u32 count);
    [[nodiscard]] std::string text_at(Address address);
    bool put(Address address, std::string_view bytes);
    [[nodiscard]] std::string take_input(u32 count);
    u32 fail(int error);

    Soc& soc_;
    const core::Core* caller_ = nullptr;  // whose view addresses are of
    core::Debugger* const next_;
    HostFiles files_;
    std::set<Address> places_;  // of ebreaks
    std::string command_line_;
    const std::string& input_;
    std::size_t taken_ = 0;  // of the input
    u32 errno_ = 0;
};

}  // namespace flexv::platform
