// SPDX-License-Identifier: Apache-2.0
#include "platform/results/diagnosis_json.hpp"

#include <nlohmann/json.hpp>

namespace flexv::platform {

namespace {

using Json = nlohmann::ordered_json;

Json place_json(const CodePlace& place) {
    return {{"pc", place.pc}, {"symbol", place.symbol}, {"file", place.file}, {"line", place.line}};
}

Json stack_json(const std::vector<StackLine>& stack) {
    Json list = Json::array();
    for (const StackLine& line : stack) {
        Json entry = place_json(line.place);
        entry["function"] = line.function;
        entry["inlined"] = line.is_inlined;
        entry["interrupted"] = line.is_interrupted;
        list.push_back(std::move(entry));
    }
    return list;
}

Json core_json(const CoreDiagnosis& core) {
    Json json = {{"name", core.name},
                 {"hartid", core.hartid},
                 {"state", core.state},
                 {"instructions", core.instructions}};
    json.update(place_json(core.place));
    json["call_stack"] = stack_json(core.stack);
    json["call_stack_is_cut"] = core.is_stack_cut;
    Json registers = Json::object();
    for (const auto& [name, value] : core.registers)
        registers[name] = value;
    json["registers"] = std::move(registers);
    return json;
}

Json side_json(const FindingSide& side) {
    Json json = {{"who", side.who}, {"does", side.does}, {"cycle", side.cycle}};
    if (side.place) {
        json.update(place_json(*side.place));
        json["inlined_at"] = side.place->inlined_at;
    }
    return json;
}

}  // namespace

Json findings_json(const std::vector<Finding>& findings) {
    Json list = Json::array();
    for (const Finding& finding : findings) {
        Json sides = Json::array();
        for (const FindingSide& side : finding.sides)
            sides.push_back(side_json(side));
        list.push_back({{"check", finding.check},
                        {"what", finding.what},
                        {"hint", finding.hint},
                        {"sides", std::move(sides)}});
    }
    return list;
}

Json diagnosis_json(const Diagnosis& diagnosis) {
    Json cores = Json::array();
    for (const CoreDiagnosis& core : diagnosis.cores)
        cores.push_back(core_json(core));
    Json past = Json::array();
    for (const PastLine& line : diagnosis.past) {
        Json entry = {{"cycle", line.cycle}};
        entry.update(place_json(line.place));
        entry["instruction"] = line.instruction;
        entry["effect"] = line.effect;
        past.push_back(std::move(entry));
    }
    return {{"what", diagnosis.what},
            {"core", diagnosis.core},
            {"hints", diagnosis.hints},
            {"last_instructions", std::move(past)},
            {"last_instructions_note", diagnosis.past_note},
            {"cores", std::move(cores)}};
}

}  // namespace flexv::platform
