// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/manual.hpp"

#include <fmt/format.h>

#include <string_view>

namespace flexv::platform {

namespace {

/// Characters that troff takes for its own.
std::string troff(std::string_view text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '\\')
            result += "\\e";
        else if (letter == '-')
            result += "\\-";
        else if (letter == '`')
            result += "\\(ga";
        else if (letter == '\'' && result.empty())
            result += "\\&'";
        else if (letter == '.' && result.empty())
            result += "\\&.";
        else
            result += letter;
    }
    return result;
}

/// For a text between single quotes of a shell.
std::string shell(std::string_view text) {
    std::string result;
    for (const char letter : text)
        result += letter == '\'' ? "'\\''" : std::string(1, letter);
    return result;
}

/// For a description of zsh's _arguments, which ends at a bracket and knows colons.
std::string zsh_doc(std::string_view text) {
    std::string result;
    for (const char letter : shell(text)) {
        if (letter == '[' || letter == ']' || letter == ':')
            result += '\\';
        result += letter;
    }
    return result;
}

bool is_file(const OptionText& option) {
    return option.value.find("FILE") != std::string::npos ||
           option.value.find("PATH") != std::string::npos ||
           option.value.find("SOCKET") != std::string::npos;
}
bool is_folder(const OptionText& option) { return option.value == "FOLDER"; }

void add_option(std::string& page, const OptionText& option) {
    page += fmt::format(".TP\n\\fB\\-\\-{}\\fR{}\n{}\n", troff(option.name),
                        option.value.empty() ? "" : " \\fI" + troff(option.value) + "\\fR",
                        troff(option.doc));
    if (!option.words.empty())
        page += troff(fmt::format("Words: {}.", fmt::join(option.words, ", "))) + "\n";
}

void add_command(std::string& page, const CommandText& command) {
    page +=
        fmt::format(".SS \"flexv\\-vp {}\"\n{}.\n", troff(command.synopsis), troff(command.doc));
    for (const OptionText& option : command.options)
        add_option(page, option);
    for (const std::string& example : command.examples)
        page += fmt::format(".PP\nExample:\n.RS\n.nf\n{}\n.fi\n.RE\n", troff(example));
}

std::string names_of(const std::vector<CommandText>& commands) {
    std::string names;
    for (const CommandText& command : commands)
        names += (names.empty() ? "" : " ") + command.name;
    return names + " help";
}

/// What bash offers for the value of an option.
std::string bash_case(const OptionText& option) {
    if (option.name == "set")
        return "_flexv_vp_keys; return";
    if (option.words.empty())
        return is_folder(option) ? "COMPREPLY=($(compgen -d -- \"$cur\")); return"
               : is_file(option) ? "COMPREPLY=($(compgen -f -- \"$cur\")); return"
                                 : "return";
    const std::string words = fmt::format("COMPREPLY=($(compgen -W '{}' -- \"$cur\"){})",
                                          shell(fmt::format("{}", fmt::join(option.words, " "))),
                                          is_file(option) ? " $(compgen -f -- \"$cur\")" : "");
    return words + "; return";
}

std::string zsh_action(const OptionText& option) {
    if (option.name == "set")
        return "_flexv_vp_keys";
    if (option.words.empty())
        return is_folder(option) ? "_files -/" : is_file(option) ? "_files" : " ";
    const std::string words = fmt::format("({})", fmt::join(option.words, " "));
    return is_file(option) ? fmt::format("{{compadd {}; _files}}", fmt::join(option.words, " "))
                           : words;
}

}  // namespace

std::string manual_page(const CommandLineText& text, const std::string& version) {
    std::string page = fmt::format(
        ".TH FLEXV\\-VP 1 \"\" \"flexv\\-vp {}\" \"User commands\"\n"
        ".SH NAME\nflexv\\-vp \\- virtual platform of the Flex\\-V cluster\n.SH SYNOPSIS\n",
        troff(version));
    for (const CommandText& command : text.commands)
        page += fmt::format(".B flexv\\-vp\n{}\n.br\n", troff(command.synopsis));
    page += ".SH COMMANDS\n";
    for (const CommandText& command : text.commands)
        add_command(page, command);
    page +=
        ".SH \"EXIT STATUS\"\n"
        "Of \\fBrun\\fR: 0 to 99 what the firmware returned, more than 99 gives 99.\n"
        ".TP\n101\na mistake of the user: arguments, configuration, firmware that cannot run\n"
        ".TP\n102\na fault that the firmware did not handle; with \\-\\-strict also what a check "
        "found\n"
        ".TP\n103\nan internal error\n"
        ".TP\n104\nthe limit of \\-\\-max\\-cycles\n"
        ".TP\n105\na deadlock: every core asleep and nothing pending\n"
        ".TP\n128 + N\nended by signal N, with everything written that was asked for\n"
        ".SH PARAMETERS\nThese keys are what \\fB\\-\\-set\\fR takes; \\fBflexv\\-vp config\\fR "
        "describes them.\n.PP\n.nf\n";
    for (const std::string& key : text.keys)
        page += troff(key) + "\n";
    return page + ".fi\n";
}

std::string bash_completion(const CommandLineText& text) {
    std::string script = fmt::format(
        "# bash completion of flexv-vp; written by `flexv-vp completion bash`\n"
        "_flexv_vp_keys() {{\n"
        "    COMPREPLY=($(compgen -S = -W '{}' -- \"$cur\"))\n"
        "    compopt -o nospace +o filenames\n}}\n\n"
        "_flexv_vp() {{\n"
        "    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}}\n"
        "    COMPREPLY=()\n"
        "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "        COMPREPLY=($(compgen -W '{} --help --version' -- \"$cur\")); return\n"
        "    fi\n"
        "    case \"${{COMP_WORDS[1]}}\" in\n",
        fmt::join(text.keys, " "), names_of(text.commands));
    for (const CommandText& command : text.commands) {
        script += fmt::format("    {})\n        case \"$prev\" in\n", command.name);
        std::string options = "--help";
        for (const OptionText& option : command.options) {
            options += " --" + option.name;
            if (!option.value.empty())
                script += fmt::format("        --{}) {} ;;\n", option.name, bash_case(option));
        }
        script += fmt::format(
            "        esac\n"
            "        case \"$cur\" in\n"
            "        -*) COMPREPLY=($(compgen -W '{}' -- \"$cur\")) ;;\n"
            "        *) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
            "        esac ;;\n",
            options);
    }
    return script +
           fmt::format("    help) COMPREPLY=($(compgen -W '{}' -- \"$cur\")) ;;\n",
                       names_of(text.commands)) +
           "    esac\n}\ncomplete -o filenames -F _flexv_vp flexv-vp\n";
}

std::string zsh_completion(const CommandLineText& text) {
    std::string script =
        "#compdef flexv-vp\n# zsh completion of flexv-vp; written by `flexv-vp completion zsh`\n"
        "_flexv_vp_keys() {\n    compadd -S = --";
    for (const std::string& key : text.keys)
        script += " " + key;
    script += "\n}\n\n_flexv_vp() {\n    local -a commands\n    commands=(\n";
    for (const CommandText& command : text.commands)
        script += fmt::format("        '{}:{}'\n", command.name, shell(command.doc));
    script +=
        "        'help:lists the options of a command'\n    )\n"
        "    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n"
        "    fi\n    local chosen=$words[2]\n    shift words\n    (( CURRENT-- ))\n"
        "    case $chosen in\n";
    for (const CommandText& command : text.commands) {
        script +=
            fmt::format("    {})\n        _arguments '--help[lists the options]'", command.name);
        for (const OptionText& option : command.options)
            script +=
                fmt::format(" \\\n            '*--{}[{}]{}'", option.name, zsh_doc(option.doc),
                            option.value.empty()
                                ? std::string{}
                                : fmt::format(":{}:{}", zsh_doc(option.value), zsh_action(option)));
        script += " \\\n            '*:file:_files' ;;\n";
    }
    return script +
           "    help) _describe command commands ;;\n    esac\n}\n\n"
           "if [ \"$funcstack[1]\" = \"_flexv-vp\" ]; then\n    _flexv_vp \"$@\"\nelse\n"
           "    compdef _flexv_vp flexv-vp\nfi\n";
}

}  // namespace flexv::platform
