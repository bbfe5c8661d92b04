# JupyterLab with the TypeScript kernel, as a user without rights. docs/docker.md says how to use it.
#   docker build -t counterlab .
#   docker run --rm --init -p 127.0.0.1:8888:8888 -v "$PWD/work:/home/node/work" counterlab

FROM node:22-bookworm-slim AS build
WORKDIR /opt/counterlab
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN node scripts/build.mjs

FROM node:22-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/counterlab
COPY requirements.txt ./
RUN python3 -m venv /opt/venv \
  && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check -r requirements.txt
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY bin bin
COPY scripts scripts
COPY kernel-ext/cli/logos kernel-ext/cli/logos
COPY --from=build /opt/counterlab/dist dist
RUN node scripts/install-jupyter.mjs /opt/venv \
  && ln -s /opt/counterlab/bin/counterlab.mjs /usr/local/bin/counterlab
COPY --chown=node:node notebooks /home/node/notebooks

USER node
WORKDIR /home/node
ENV PATH=/opt/venv/bin:$PATH JUPYTER_PREFER_ENV_PATH=1
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser"]
