// The settings of the Jupyter server that we ship.
// jupyter_server never sets TCP_NODELAY on the kernel's websocket, which adds 40 ms to every small
// widget reply; and JupyterLab asks the network for news, which nothing of ours may do.
export const serverSettings = `c = get_config()  # noqa: F821
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.news_url = None
c.LabApp.extension_manager = "readonly"

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

_open = KernelWebsocketHandler.open


async def _open_without_delay(self, *args, **kwargs):
    self.set_nodelay(True)
    return await _open(self, *args, **kwargs)


KernelWebsocketHandler.open = _open_without_delay
`;
