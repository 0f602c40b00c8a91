"""The calls that the Pulumi engine makes on a language host."""

import json
import os
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import language_pb2 as language
from pulumi.runtime.proto import language_pb2_grpc, plugin_pb2

from local.language_host.child import Child, Piece
from local.language_host.interpreter import Interpreter

# The program has shown its error itself; the engine then adds none.
ERROR_WAS_SHOWN = 32


def interpreter_of(info: language.ProgramInfo) -> Interpreter:
    """The interpreter for a program or plugin."""
    return Interpreter.of(Path(info.root_directory), MessageToDict(info.options))


def forward(piece: Piece) -> None:
    """Writes a child's output to this process's own, which the engine shows."""
    name, content = piece
    stream = sys.stdout if name == "stdout" else sys.stderr
    stream.buffer.write(content)
    stream.flush()


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs Python programs, policy packs and plugins for one engine.

    `engine` is the engine's address (host:port); `exec_script` is the CLI's own
    `pulumi-language-python-exec`, which runs a program inside the SDK.
    """

    def __init__(self, engine: str, exec_script: Path):
        self._engine = engine
        self._exec_script = exec_script

    def Handshake(  # noqa: N802
        self, request: language.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language.LanguageHandshakeResponse:
        self._engine = request.engine_address
        return language.LanguageHandshakeResponse()

    def GetPluginInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi"))

    def About(  # noqa: N802
        self, request: language.AboutRequest, context: grpc.ServicerContext
    ) -> language.AboutResponse:
        interpreter = interpreter_of(request.info)
        return language.AboutResponse(
            executable=interpreter.executable, version=interpreter.version()
        )

    def GetRequiredPackages(  # noqa: N802
        self, request: language.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language.GetRequiredPackagesResponse:
        packages = [
            plugin_pb2.PackageDependency(
                kind="resource",
                name=plugin["name"],
                version=plugin["version"],
                server=plugin["server"],
            )
            for plugin in interpreter_of(request.info).plugins()
        ]
        return language.GetRequiredPackagesResponse(packages=packages)

    def GetProgramDependencies(  # noqa: N802
        self, request: language.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language.GetProgramDependenciesResponse:
        dependencies = [
            language.DependencyInfo(**distribution)
            for distribution in interpreter_of(request.info).distributions()
        ]
        return language.GetProgramDependenciesResponse(dependencies=dependencies)

    def RuntimeOptionsPrompts(  # noqa: N802
        self, request: language.RuntimeOptionsRequest, context: grpc.ServicerContext
    ) -> language.RuntimeOptionsResponse:
        return language.RuntimeOptionsResponse()

    def Run(  # noqa: N802
        self, request: language.RunRequest, context: grpc.ServicerContext
    ) -> language.RunResponse:
        interpreter = interpreter_of(request.info)
        environment = {
            **interpreter.environment,
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
        }
        program = os.path.join(request.info.program_directory, request.info.entry_point)
        arguments = [
            *(interpreter.executable, "-u", str(self._exec_script)),
            *("--monitor", request.monitor_address, "--engine", self._engine),
            *("--project", request.project, "--stack", request.stack),
            *("--organization", request.organization, "--parallel", str(request.parallel)),
            *("--dry_run", "true" if request.dryRun else "false"),
            *("--root_directory", request.info.root_directory, "--pwd", request.pwd),
            *(program, *request.args),
        ]
        child = Child(arguments, request.pwd, environment)
        context.add_callback(child.stop)
        code = child.exit_code(forward)
        if code == ERROR_WAS_SHOWN:
            return language.RunResponse(bail=True)
        return language.RunResponse(error=f"the program exited with code {code}" if code else "")

    def RunPlugin(  # noqa: N802
        self, request: language.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language.RunPluginResponse]:
        interpreter = interpreter_of(request.info)
        wanted = ("PATH", "VIRTUAL_ENV", "PULUMI_RUNTIME_VIRTUALENV")
        environment = dict(entry.split("=", 1) for entry in request.env if "=" in entry)
        environment |= {k: v for k, v in interpreter.environment.items() if k in wanted}
        folder = request.info.program_directory
        if request.kind == "analyzer":
            engine, *rest = request.args
            target = ["-m", "pulumi.policy", engine, folder, *rest]
        else:
            target = [os.path.join(folder, request.info.entry_point or "."), *request.args]
        child = Child([interpreter.executable, "-u", *target], request.pwd, environment)
        context.add_callback(child.stop)
        for name, content in child.output():
            if name == "stdout":
                yield language.RunPluginResponse(stdout=content)
            else:
                yield language.RunPluginResponse(stderr=content)
        yield language.RunPluginResponse(exitcode=child.wait())

    def InstallDependencies(  # noqa: N802
        self, request: language.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language.InstallDependenciesResponse]:
        interpreter = interpreter_of(request.info)
        requirements = Path(request.info.program_directory) / "requirements.txt"
        if not requirements.exists():
            return
        arguments = [interpreter.executable, "-m", "pip", "install", "-r", str(requirements)]
        child = Child(arguments, request.info.program_directory, interpreter.environment)
        context.add_callback(child.stop)
        for name, content in child.output():
            if name == "stdout":
                yield language.InstallDependenciesResponse(stdout=content)
            else:
                yield language.InstallDependenciesResponse(stderr=content)
        if code := child.wait():
            context.abort(grpc.StatusCode.INTERNAL, f"pip install ended with code {code}")

    def Cancel(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        return empty_pb2.Empty()
