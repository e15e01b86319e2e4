"""Asks a V2 server many times over, as the clients of PyPI do; a line of JSON in, milliseconds for all requests out.

    python v2_client_worker.py URL MODEL INPUT

A question is {"client": "kserve json" | "kserve binary" | "tritonclient", "requests": how many, "flight": how many at a time}.
"""

import asyncio
import json
import sys
import time

import numpy as np
import tritonclient.http.aio as triton
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

url, model, name = sys.argv[1:4]
picture = np.random.default_rng(7).random((1, 3, 224, 224), dtype=np.float32)


async def many(requests, flight, ask):
    """Each of `flight` workers asks as soon as it has its answer."""
    left = iter(range(requests))

    async def work():
        for _ in left:
            await ask()

    await asyncio.gather(*(work() for _ in range(flight)))


async def kserve(requests, flight, binary):
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=60))

    async def ask():
        entry = InferInput(name=name, shape=[1, 3, 224, 224], datatype="FP32")
        entry.set_data_from_numpy(picture, binary_data=binary)
        request = InferRequest(model_name=model, infer_inputs=[entry], parameters={"binary_data_output": binary})
        (await client.infer(url, request, model_name=model)).outputs[0].as_numpy()

    await ask()
    started = time.perf_counter()
    await many(requests, flight, ask)
    return time.perf_counter() - started


async def tritonclient(requests, flight):
    async with triton.InferenceServerClient(url.removeprefix("http://"), conn_limit=flight) as client:

        async def ask():
            entry = triton.InferInput(name, [1, 3, 224, 224], "FP32")
            entry.set_data_from_numpy(picture)
            (await client.infer(model, [entry])).as_numpy("scores")

        await ask()
        started = time.perf_counter()
        await many(requests, flight, ask)
        return time.perf_counter() - started


for line in sys.stdin:
    question = json.loads(line)
    requests, flight = question["requests"], question["flight"]
    if question["client"] == "tritonclient":
        seconds = asyncio.run(tritonclient(requests, flight))
    else:
        seconds = asyncio.run(kserve(requests, flight, question["client"] == "kserve binary"))
    print(json.dumps({"ms": seconds * 1000}), flush=True)
