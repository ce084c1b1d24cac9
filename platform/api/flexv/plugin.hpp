// SPDX-License-Identifier: Apache-2.0
// All that a plug-in includes: a peripheral as a shared object, which the configuration names and
// flexv-vp loads. C++17 is enough, and nothing but SystemC is linked:
//
//     struct Adder : sc_core::sc_module {
//         tlm_utils::simple_target_socket<Adder> in{"in"};
//         sc_core::sc_out<bool> done{"done"};
//         Adder(const sc_core::sc_module_name& name, flexv::plugin::Host& host);  // host.bind(in)
//     };
//     FLEXV_PLUGIN(flexv::plugin::device<Adder>("adder", "Adds what is written.",
//         {flexv::plugin::whole("latency", 3, 0, 100, "Of an addition.", "cycles")}))
//
//     c++ -std=c++17 -shared -fPIC adder.cpp -o libadder.so
//
// With a newer standard say -DSC_CPLUSPLUS=201703L, too, that of Debian's SystemC.
//
// What a plug-in throws while it is described, made or accessed ends the run with its text.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <systemc>
#include <tlm>
#include <utility>
#include <variant>
#include <vector>

namespace flexv::plugin {

/// Of everything in this header; grows with each change that a plug-in could notice.
inline constexpr std::uint32_t kAbi = 1;

/// What a plug-in was built with. It lies in a section of the file, where it is read and compared
/// before any of the plug-in's code runs.
struct Identity {
    char magic[8];                   ///< kMagic
    std::uint32_t abi;               ///< kAbi
    std::uint32_t systemc;           ///< MAJOR * 10000 + MINOR * 100 + PATCH
    std::uint32_t standard_library;  ///< which strings and containers it has
    std::uint32_t module_bytes;      ///< sizes of what passes between
    std::uint32_t payload_bytes;
    std::uint32_t string_bytes;
};

namespace detail {

#if defined(_LIBCPP_VERSION)
inline constexpr std::uint32_t kStandardLibrary = 0x100;
#elif defined(_GLIBCXX_DEBUG)
inline constexpr std::uint32_t kStandardLibrary = 2 + _GLIBCXX_USE_CXX11_ABI;
#else
inline constexpr std::uint32_t kStandardLibrary = _GLIBCXX_USE_CXX11_ABI;
#endif

}  // namespace detail

inline constexpr Identity kIdentity{
    {'F', 'L', 'E', 'X', 'V', 'P', 'L', 'G'},
    kAbi,
    SC_VERSION_MAJOR * 10000 + SC_VERSION_MINOR * 100 + SC_VERSION_PATCH,
    detail::kStandardLibrary,
    sizeof(sc_core::sc_module),
    sizeof(tlm::tlm_generic_payload),
    sizeof(std::string)};

using Value = std::variant<bool, std::uint64_t, double, std::string>;

/// What the configuration may say under "parameters".
struct Parameter {
    std::string name;
    std::string doc;   ///< a sentence
    std::string unit;  ///< empty for names, flags and counts
    Value fallback;    ///< where the configuration says nothing; its kind is the parameter's
    Value low{false};  ///< of whole() and number(), both ends included
    Value high{false};
    std::vector<std::string> choices{};  ///< of choice()
};

inline Parameter flag(std::string name, bool fallback, std::string doc) {
    return {std::move(name), std::move(doc), "", fallback};
}
inline Parameter whole(std::string name, std::uint64_t fallback, std::uint64_t low,
                       std::uint64_t high, std::string doc, std::string unit = {}) {
    return {std::move(name), std::move(doc), std::move(unit), fallback, low, high};
}
inline Parameter number(std::string name, double fallback, double low, double high, std::string doc,
                        std::string unit = {}) {
    return {std::move(name), std::move(doc), std::move(unit), fallback, low, high};
}
inline Parameter text(std::string name, std::string fallback, std::string doc) {
    return {std::move(name), std::move(doc), "", std::move(fallback)};
}
inline Parameter choice(std::string name, std::string fallback, std::vector<std::string> choices,
                        std::string doc) {
    return {std::move(name), std::move(doc),    "", std::move(fallback), false,
            false,           std::move(choices)};
}

/// What the platform is to a device while that is made: where it binds what it has, once each.
class Host {
public:
    using TargetSocket = tlm::tlm_base_target_socket_b<>;
    using InitiatorSocket = tlm::tlm_base_initiator_socket_b<>;

    /// What the configuration says, or the fallback. Throws for a name that was not declared.
    [[nodiscard]] bool flag(const std::string& name) const { return get<bool>(name); }
    [[nodiscard]] std::uint64_t whole(const std::string& name) const {
        return get<std::uint64_t>(name);
    }
    [[nodiscard]] double number(const std::string& name) const { return get<double>(name); }
    [[nodiscard]] std::string text(const std::string& name) const { return get<std::string>(name); }

    /// The window: accesses with offsets from its start, each in a process that may wait().
    virtual void bind(TargetSocket& socket) = 0;
    /// The bus of the SoC by absolute addresses: L2, TCDM, registers, windows.
    virtual void bind(InitiatorSocket& socket) = 0;
    /// The next of the configuration's "irq"; rising edges count. Nobody listens where it has none.
    virtual void bind(sc_core::sc_out<bool>& interrupt) = 0;
    /// A count for report and energy, as `outside.<name of the device>.<event>`.
    /// \param count events since the start; never goes back
    /// \param pj_per_event its price, 0 for a statistic; not scaled by voltage
    /// \param source where the price is from; must say something where there is one
    virtual void add_counter(const std::string& event, const std::string& doc,
                             std::function<std::uint64_t()> count, double pj_per_event = 0,
                             const std::string& source = {}) = 0;
    /// Called when the chip is reset in the course of a run.
    virtual void on_reset(std::function<void()> reset) = 0;

protected:
    ~Host() = default;

private:
    [[nodiscard]] virtual const Value* find(const std::string& name) const = 0;

    template <typename T>
    [[nodiscard]] T get(const std::string& name) const {
        const Value* const value = find(name);
        if (value == nullptr)
            throw std::runtime_error("asks for parameter \"" + name +
                                     "\", which it has not declared");
        if (!std::holds_alternative<T>(*value))
            throw std::runtime_error("asks for parameter \"" + name +
                                     "\" as another kind than it has declared");
        return std::get<T>(*value);
    }
};

/// A kind of device that the plug-in has.
struct Type {
    std::string name;  ///< as "type" of the configuration names it
    std::string doc;
    std::vector<Parameter> parameters;
    std::function<std::unique_ptr<sc_core::sc_module>(const char* name, Host& host)> make;
};

/// \tparam Device a module with a constructor (const sc_core::sc_module_name&, Host&)
template <typename Device>
Type device(std::string name, std::string doc, std::vector<Parameter> parameters = {}) {
    return {std::move(name), std::move(doc), std::move(parameters),
            [](const char* module, Host& host) -> std::unique_ptr<sc_core::sc_module> {
                return std::make_unique<Device>(module, host);
            }};
}

inline constexpr char kSection[] = ".flexv.plugin";
inline constexpr char kFactory[] = "flexv_plugin_types";
using Factory = void(std::vector<Type>& types);

}  // namespace flexv::plugin

/// Once in a plug-in: the types of devices that it has.
#define FLEXV_PLUGIN(...)                                                        \
    [[gnu::section(".flexv.plugin"),                                             \
      gnu::used]] static const ::flexv::plugin::Identity flexv_plugin_identity = \
        ::flexv::plugin::kIdentity;                                              \
    extern "C" [[gnu::visibility("default")]] void flexv_plugin_types(           \
        std::vector<::flexv::plugin::Type>& types) {                             \
        types = {__VA_ARGS__};                                                   \
    }                                                                            \
    static_assert(true, "a semicolon follows")
