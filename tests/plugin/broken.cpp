// SPDX-License-Identifier: Apache-2.0
// Plug-ins that are wrong before any device is made; each is built with one of these defined.
#include <flexv/plugin.hpp>

using namespace flexv::plugin;

namespace {

struct Nothing : sc_core::sc_module {
    Nothing(const sc_core::sc_module_name& name, Host&) : sc_module(name) {}
};

[[maybe_unused]] Type nothing(const char* name, std::vector<Parameter> parameters = {}) {
    return device<Nothing>(name, "Does nothing.", std::move(parameters));
}

[[maybe_unused]] Type thrown() { throw std::runtime_error("licence has expired"); }

}  // namespace

#if defined(THROWS_EARLY)
const int early = [] {
    thrown();
    return 1;
}();
FLEXV_PLUGIN(nothing("nothing"));
#elif defined(THROWS)
FLEXV_PLUGIN(thrown());
#elif defined(IS_EMPTY)
FLEXV_PLUGIN();
#elif defined(BAD_DEFAULT)
FLEXV_PLUGIN(nothing("nothing", {whole("depth", 0, 1, 8, "Entries.")}));
#elif defined(BAD_NAME)
FLEXV_PLUGIN(nothing("nothing", {flag("not a name", false, "Off.")}));
#elif defined(BAD_BOUNDS)
FLEXV_PLUGIN(nothing("nothing", {Parameter{"depth", "Entries.", "", std::uint64_t{1}}}));
#elif defined(SAME_NAME)
FLEXV_PLUGIN(nothing("nothing", {flag("on", false, ""), flag("on", true, "")}));
#elif defined(UNDEFINED)
void somewhere_else();
FLEXV_PLUGIN((somewhere_else(), nothing("nothing")));
#elif defined(NO_FACTORY)
[[gnu::section(".flexv.plugin"), gnu::used]] static const Identity identity = kIdentity;
#endif
