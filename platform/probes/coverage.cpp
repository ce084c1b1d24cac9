// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/coverage.hpp"

#include "base/error.hpp"
#include "isa/decoder.hpp"
#include "platform/firmware/prologue.hpp"
#include "platform/firmware/source_lines.hpp"
#include "platform/probes/branches.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>

namespace flexv::platform {

namespace {

/// A word of the image's own code, wherever it lies.
std::optional<u32> word_of(const ElfImage& image, Address address) {
    for (const ElfImage::Segment& segment : image.segments()) {
        const Address offset = address - segment.virtual_address;
        u32 word = 0;
        if (offset < segment.bytes.size()) {
            const std::size_t bytes = std::min<std::size_t>(4, segment.bytes.size() - offset);
            std::memcpy(&word, segment.bytes.data() + offset, bytes);
            return word;
        }
    }
    return std::nullopt;
}

}  // namespace

class Coverage::CoreObserver final : public core::Observer {
public:
    explicit CoreObserver(std::vector<CodeRange>& ranges) : ranges_(ranges) {}

    void before(const core::Execution& execution, isa::Hart& /*hart*/) override {
        const Address pc = execution.pc;
        if (range_ == nullptr || pc - range_->begin >= 2 * range_->places.size())
            range_ = find(pc);
        if (range_ != nullptr)
            ++range_->places[(pc - range_->begin) / 2].executed;
    }
    void after(const core::Execution& execution, isa::Hart& hart) override {
        if (takes_branch(execution.row, hart) && range_ != nullptr)
            ++range_->places[(execution.pc - range_->begin) / 2].taken;
    }

private:
    CodeRange* find(Address pc) {
        for (CodeRange& range : ranges_)
            if (pc - range.begin < 2 * range.places.size())
                return &range;
        return nullptr;
    }

    std::vector<CodeRange>& ranges_;
    CodeRange* range_ = nullptr;
};

/// Lines, branches and functions by file.
class Coverage::Sources {
public:
    struct Branch {
        Address pc = 0;
        unsigned line = 0;
        Place place;
    };
    struct Function {
        std::string name;
        unsigned line = 0;
        u64 executed = 0;
    };
    struct File {
        std::map<unsigned, u64> lines;  // how often
        std::vector<Branch> branches;
        std::vector<Function> functions;
    };

    explicit Sources(const Coverage& coverage) : coverage_(coverage), lines_(coverage.image_) {
        for (const SourceRow& row : lines_.rows())
            add_row(row);
        const isa::Decoder decoder(*isa::isa_subset("flexv"));
        const auto read = [&](Address address) { return word_of(coverage.image_, address); };
        for (const ElfImage::Symbol& symbol : coverage.image_.symbols())
            if (symbol.is_code)
                add_function(symbol, decoder, read);
        leave_out_what_is_elsewhere();
    }

    [[nodiscard]] std::string text() const {
        std::string text = "TN:\n";
        for (const auto& [name, file] : files_)
            text += text_of(name, file);
        return text;
    }
    [[nodiscard]] bool is_empty() const { return files_.empty(); }

private:
    /// That of a library that somebody else has built, which genhtml could not show.
    void leave_out_what_is_elsewhere() {
        const auto is_here = [](const auto& file) { return std::filesystem::exists(file.first); };
        if (std::ranges::any_of(files_, is_here))  // else its sources are on another machine
            std::erase_if(files_, std::not_fn(is_here));
    }

    /// A file of many names is one file.
    File& file(const std::string& name) {
        const auto [known, is_new] = paths_.try_emplace(name, name);
        std::error_code error;  // it is elsewhere
        if (const auto path = std::filesystem::canonical(name, error); is_new && !error)
            known->second = path;
        return files_[known->second];
    }

    /// A line is executed as often as the instruction of it that is executed most.
    void add_row(const SourceRow& row) {
        constexpr Address kLongest = 1 << 20;  // a hostile table could name all addresses
        u64 most = 0;
        if (row.end - row.begin > kLongest)
            return;
        for (Address pc = row.begin; pc < row.end; pc += 2)
            most = std::max(most, coverage_.at(pc).executed);
        if (row.begin == row.end || row.place.line == 0)
            return;
        u64& count = file(row.place.file).lines[row.place.line];
        count = std::max(count, most);
    }

    void add_function(const ElfImage::Symbol& symbol, const isa::Decoder& decoder,
                      const std::function<std::optional<u32>(Address)>& read) {
        const auto place = lines_.at(symbol.address);
        if (!place)
            return;
        file(place->file)
            .functions.push_back({.name = symbol.name,
                                  .line = place->line,
                                  .executed = coverage_.at(symbol.address).executed});
        for_each_instruction(symbol.address, symbol.address + symbol.size, decoder, read,
                             [this](const CodeWord& code) {
                                 if (code.row->timing == isa::Timing::branch)
                                     add_branch(code.pc);
                             });
    }

    void add_branch(Address pc) {
        if (const auto place = lines_.at(pc))
            file(place->file)
                .branches.push_back({.pc = pc, .line = place->line, .place = coverage_.at(pc)});
    }

    static std::string functions_text(const File& file) {
        std::string text;
        std::size_t hit = 0;
        for (const Function& function : file.functions)
            text += fmt::format("FN:{},{}\n", function.line, function.name);
        for (const Function& function : file.functions) {
            text += fmt::format("FNDA:{},{}\n", function.executed, function.name);
            hit += function.executed != 0 ? 1 : 0;
        }
        return text + fmt::format("FNF:{}\nFNH:{}\n", file.functions.size(), hit);
    }

    /// Branch 0 is the way that jumps, branch 1 the one that goes on.
    static std::string branches_text(const File& file) {
        std::string text;
        std::size_t hit = 0;
        std::map<unsigned, unsigned> blocks;  // of a line
        for (const Branch& branch : file.branches) {
            const unsigned block = blocks[branch.line]++;
            const u64 straight = branch.place.executed - branch.place.taken;
            const u64 ways[] = {branch.place.taken, straight};
            for (unsigned way = 0; way < std::size(ways); ++way) {
                const std::string count =
                    branch.place.executed == 0 ? "-" : fmt::format("{}", ways[way]);
                text += fmt::format("BRDA:{},{},{},{}\n", branch.line, block, way, count);
                hit += ways[way] != 0 ? 1 : 0;
            }
        }
        return text + fmt::format("BRF:{}\nBRH:{}\n", 2 * file.branches.size(), hit);
    }

    static std::string text_of(const std::string& name, const File& file) {
        std::string text = fmt::format("SF:{}\n", name) + functions_text(file);
        text += branches_text(file);
        std::size_t hit = 0;
        for (const auto& [line, count] : file.lines) {
            text += fmt::format("DA:{},{}\n", line, count);
            hit += count != 0 ? 1 : 0;
        }
        return text + fmt::format("LF:{}\nLH:{}\nend_of_record\n", file.lines.size(), hit);
    }

    const Coverage& coverage_;
    const SourceLines lines_;
    std::map<std::string, std::string> paths_;  // by the name that the compiler was given
    std::map<std::string, File> files_;
};

Coverage::Coverage(const ElfImage& image) : image_(image) {
    for (const ElfImage::Segment& segment : image.segments())
        if (segment.is_executable)
            ranges_.push_back({.begin = segment.virtual_address,
                               .places = std::vector<Place>(segment.bytes.size() / 2 + 1)});
    if (Sources(*this).is_empty())
        throw UserError(
            "{}: has no debug information, so no coverage of lines\n  hint: compile it with -g",
            image.name());
}

Coverage::~Coverage() = default;

void Coverage::observe(core::Core& core) {
    observers_.push_back(std::make_unique<CoreObserver>(ranges_));
    core.probes.instruction.attach(*observers_.back());
}

const Coverage::Place& Coverage::at(Address pc) const {
    static const Place kNone;
    for (const CodeRange& range : ranges_)
        if (pc - range.begin < 2 * range.places.size())
            return range.places[(pc - range.begin) / 2];
    return kNone;
}

std::string Coverage::lcov_text() const { return Sources(*this).text(); }

}  // namespace flexv::platform
