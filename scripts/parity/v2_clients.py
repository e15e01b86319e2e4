"""
Asks a V2 server as KServe's own client and Triton's do, and prints what each understood, as JSON.

    python v2_clients.py URL MODEL INPUT WIDTH HEIGHT

The picture is a seeded tensor of the shape [1, 3, HEIGHT, WIDTH]; a batch of it comes second.
"""

import asyncio
import json
import sys

import kserve
import numpy as np
import tritonclient.http as triton
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

url, model, name, width, height = sys.argv[1:4] + [int(size) for size in sys.argv[4:6]]
picture = np.random.default_rng(7).random((1, 3, height, width), dtype=np.float32)
said = {}


def keep(key, ask):
    try:
        said[key] = ask()
    except Exception as error:  # what a client raises is what the comparison is about
        said[key] = {"error": type(error).__name__}


def plain(values):
    return [round(float(value), 4) for value in np.asarray(values).ravel()[:5]]


async def of_kserve():
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=0, timeout=60))
    said["kserve live"] = await client.is_server_live(url)
    said["kserve ready"] = await client.is_server_ready(url)
    said["kserve model ready"] = await client.is_model_ready(url, model)
    for batch in (1, 2):
        for binary in (False, True):
            entry = InferInput(name=name, shape=[batch, 3, height, width], datatype="FP32")
            entry.set_data_from_numpy(np.repeat(picture, batch, axis=0), binary_data=binary)
            parameters = {"binary_data_output": binary}
            request = InferRequest(model_name=model, infer_inputs=[entry], request_id="7", parameters=parameters)
            answer = await client.infer(url, request, model_name=model)
            output = answer.outputs[0]
            key = f"kserve infer {batch} {'binary' if binary else 'json'}"
            said[key] = [answer.id, answer.model_name, output.name, output.datatype, output.shape, plain(output.as_numpy())]


def of_triton():
    client = triton.InferenceServerClient(url.removeprefix("http://"))
    keep("triton live", client.is_server_live)
    keep("triton ready", client.is_server_ready)
    keep("triton model ready", lambda: client.is_model_ready(model))
    keep("triton other model ready", lambda: client.is_model_ready("nobody"))
    keep("triton metadata", lambda: {key: client.get_model_metadata(model)[key] for key in ("name", "inputs", "outputs")})
    for binary in (False, True):
        for compression in (None, "gzip", "deflate"):

            def ask():
                entry = triton.InferInput(name, [1, 3, height, width], "FP32")
                entry.set_data_from_numpy(picture, binary_data=binary)
                wanted = [triton.InferRequestedOutput("logits", binary_data=binary)]
                answer = client.infer(
                    model,
                    [entry],
                    outputs=wanted,
                    request_id="7",
                    request_compression_algorithm=compression,
                    response_compression_algorithm=compression,
                )
                return [answer.get_response()["id"], plain(answer.as_numpy("logits"))]

            keep(f"triton infer {'binary' if binary else 'json'} {compression}", ask)
    client.close()


asyncio.run(of_kserve())
of_triton()
print(json.dumps(said))
