"""Kernels forked from one process that has imported what notebooks import: none imports it again.

Run as a script, it is that process: of each line that it reads it makes a kernel, and answers with its
number. It draws and loads nothing itself, so that a kernel begins with modules and nothing else.
"""

import builtins
import gc
import io
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib import import_module
from types import SimpleNamespace

from jupyter_client.provisioning import LocalProvisioner

# Elsewhere a fork is not to be had, or not safe once a system library has been used.
POSSIBLE = sys.platform == "linux"


class Server:
    """The process that kernels are forked from; it ends with this one, and its kernels with it."""

    def __init__(self):
        # In a session of its own: Ctrl-C is for this process, which ends kernels by itself.
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def fork(self, **how):
        """A new kernel, as `subprocess.Popen` would give it."""
        print(json.dumps(how), file=self._process.stdin, flush=True)
        return Forked(int(self._process.stdout.readline()))

    def close(self):
        self._process.communicate()


class Forked:
    """What jupyter_client needs of a process that is no child of this one."""

    stdin = stdout = stderr = None

    def __init__(self, pid):
        self.pid = pid

    def poll(self):
        """None while it runs. How it ended is not known here."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    wait = poll  # it is asked only after the end

    def send_signal(self, number):
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):
    """Fork a kernel where jupyter_client would start one."""

    server = None

    async def launch_kernel(self, cmd, *, cwd, env, **_):
        self.process = self.server.fork(file=self.parent.connection_file, cwd=cwd, env=env)
        self.pid = self.pgid = self.process.pid  # each kernel leads a group
        self.cwd = cwd
        return self.connection_info


# What a kernel imports as it starts, and what notebooks do, sooner or later.
_MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "great_tables",
    "PIL.PngImagePlugin",
    "scipy.stats",
    "mesoviz",
)


def _import():
    """Import as a kernel would; what that sets in the environment.

    What fails here fails again in the notebook, and is told there.
    """
    # Matplotlib reads this once, and pandas looks once whether it is in a notebook: as they are imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    before = set(os.environ)
    builtins.get_ipython = lambda: SimpleNamespace(kernel=None)
    with suppress(Exception), redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="UTF-8")):
        import_module("pandas")
    del builtins.get_ipython
    for name in _MODULES:
        with suppress(Exception), redirect_stderr(io.StringIO()):
            module = import_module(name)
            if name == "mesoviz":
                all(hasattr(module, public) for public in module.__all__)
    return {name: value for name, value in os.environ.items() if name not in before}


def _kernel(imported, file, cwd, env):
    """Be a kernel, as `python -m ipykernel_launcher -f FILE` is one."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(cwd)
    parent = os.getppid()
    os.environ.clear()
    os.environ.update(env | {"JPY_PARENT_PID": str(parent)} | imported)
    with open(os.devnull, "r+b") as nothing:
        for stream in range(3):
            os.dup2(nothing.fileno(), stream)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()  # else each kernel would draw the same
    from ipykernel import kernelapp

    sys.argv = ["ipykernel_launcher.py", "-f", file]
    # It ends when its parent has, which it knows from the environment only where that is set early enough.
    kernelapp.launch_new_instance(argv=[*sys.argv[1:], f"--IPKernelApp.parent_handle={parent}"])


def _serve():
    del sys.path[0]  # the folder of this file, which a kernel does not know
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a kernel that has ended is gone at once
    imported = _import()
    gc.collect()
    gc.freeze()  # what is never collected is never copied
    while line := sys.stdin.readline():
        pid = os.fork()
        if pid == 0:
            try:
                _kernel(imported, **json.loads(line))
            finally:
                os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    _serve()
