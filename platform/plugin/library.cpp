// SPDX-License-Identifier: Apache-2.0
#include "platform/plugin/library.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "base/thrown.hpp"
#include "platform/files/input_file.hpp"

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>

#define BOOST_DLL_USE_STD_FS  // else Boost.Filesystem has to be linked
#include <boost/dll/shared_library.hpp>

namespace flexv::platform {

namespace {

/// The dynamic linker's own words, which Boost puts into brackets behind its own.
std::string linker_text(const std::string& text) {
    constexpr std::string_view kMark = "(dlerror system message: ";
    const std::size_t mark = text.find(kMark);
    const std::size_t begin = mark == std::string::npos ? 0 : mark + kMark.size();
    const std::size_t end = mark == std::string::npos ? text.size() : text.rfind(')');
    return text.substr(begin, end - begin);
}

/// SystemC puts the standard of C++ that it is compiled with into the name of a symbol.
std::string hint_about(const std::string& text) {
    if (text.find("sc_api_version") == std::string::npos)
        return {};
    return fmt::format("; compile it with -DSC_CPLUSPLUS={}L, as this program's SystemC was",
                       long{SC_CPLUSPLUS});
}

/// What constructors of the library throw does not come through the dynamic linker, but ends the
/// program: while this lives, as a user's mistake.
class EndsInOrder {
public:
    explicit EndsInOrder(const std::string& path) {
        path_ = path;
        std::set_terminate(end);
    }
    ~EndsInOrder() { std::set_terminate(before_); }
    EndsInOrder(const EndsInOrder&) = delete;
    EndsInOrder& operator=(const EndsInOrder&) = delete;

private:
    static constexpr int kUserError = 101;  // as in platform/cli/exit_status.hpp

    [[noreturn]] static void end() {
        const std::string thrown =
            thrown_by([] { std::rethrow_exception(std::current_exception()); });
        console::tell("flexv: error: plug-in {}: throws while it is loaded: {}\n", path_, thrown);
        std::_Exit(kUserError);
    }

    static inline std::string path_;
    const std::terminate_handler before_ = std::get_terminate();
};

}  // namespace

class PluginLibrary::Handle {
public:
    explicit Handle(const std::string& path) {
        // All symbols now: one that is missing must not end a run in its middle.
        const EndsInOrder guard(path);
        using boost::dll::load_mode::rtld_local;
        using boost::dll::load_mode::rtld_now;
        library_.load(std::filesystem::absolute(path), rtld_now | rtld_local);
    }
    [[nodiscard]] bool has_factory() const { return library_.has(plugin::kFactory); }
    [[nodiscard]] plugin::Factory& factory() const {
        return library_.get<plugin::Factory>(plugin::kFactory);
    }

private:
    boost::dll::shared_library library_;
};

PluginLibrary::~PluginLibrary() = default;

const PluginLibrary& PluginLibrary::load(const std::string& path) {
    static std::map<std::string, std::unique_ptr<PluginLibrary>> loaded;
    std::unique_ptr<PluginLibrary>& library = loaded[path];
    if (!library)
        library.reset(new PluginLibrary(path));
    return *library;
}

PluginLibrary::PluginLibrary(const std::string& path) : path_(path) {
    constexpr u64 kMaxBytes = 256_MiB;
    const std::string file = read_input(path, kMaxBytes, "plug-in " + path);
    if (const std::string mistake = mistake_in_plugin(file); !mistake.empty())
        throw UserError("plug-in {}: {}", path, mistake);
    const std::string refusal = thrown_by([this] { handle_ = std::make_unique<Handle>(path_); });
    if (!refusal.empty())
        throw UserError("plug-in {}: cannot be loaded: {}{}", path, linker_text(refusal),
                        hint_about(refusal));
    describe();
}

void PluginLibrary::describe() {
    if (!handle_->has_factory())
        throw UserError("plug-in {}: does not export {}; write FLEXV_PLUGIN(...) once", path_,
                        plugin::kFactory);
    const std::string thrown = thrown_by([this] { handle_->factory()(types_); });
    if (!thrown.empty())
        throw UserError("plug-in {}: throws when asked for its types: {}", path_, thrown);
    if (types_.empty())
        throw UserError("plug-in {}: has no type of device; name one in FLEXV_PLUGIN(...)", path_);
}

const plugin::Type& PluginLibrary::type(const std::string& name) const {
    const auto found = std::ranges::find(types_, name, &plugin::Type::name);
    if (found != types_.end())
        return *found;
    std::vector<std::string> names;
    for (const plugin::Type& type : types_)
        names.push_back(type.name);
    throw UserError("plug-in {}: has no type \"{}\"; it has: {}", path_, name,
                    fmt::join(names, ", "));
}

}  // namespace flexv::platform
