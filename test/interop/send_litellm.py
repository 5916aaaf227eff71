"""Makes calls through the LiteLLM SDK, whose answers are mocked, and has its generic API callback send them:
four calls in each of the given formats (json_array, ndjson, single), the last of which fails.

usage: send_litellm.py ENDPOINT TOKEN FORMAT...
"""

import asyncio
import sys

import litellm
from litellm.integrations.generic_api.generic_api_callback import GenericAPILogger

# What its proxy knows of the key that was used.
METADATA = {
    "user_api_key_hash": "fp-interop",
    "user_api_key_alias": "support-bot",
    "user_api_key_team_alias": "care",
    "user_api_key_org_id": "org-1",
    "requester_ip_address": "198.51.100.7",
}


async def call(log_format: str, n: int, answer: str) -> None:
    await litellm.acompletion(
        model="gpt-4o",
        messages=[{"role": "user", "content": f"interop question {n}"}],
        mock_response=answer,
        metadata={**METADATA, "user_api_key_user_email": f"{log_format}@example.com"},
        num_retries=0,
    )


async def send(endpoint: str, token: str, log_format: str) -> None:
    logger = GenericAPILogger(
        endpoint=endpoint,
        headers={"Authorization": f"Bearer {token}"},
        log_format=log_format,
    )
    litellm.callbacks = [logger]
    for n in range(3):
        await call(log_format, n, f"interop answer {n}")
    try:
        await call(log_format, 3, "litellm.RateLimitError")
    except litellm.RateLimitError:
        pass
    # The SDK hands calls to its callbacks in the background.
    for _ in range(200):
        if len(logger.log_queue) == 4:
            break
        await asyncio.sleep(0.05)
    await logger.flush_queue()


async def main(endpoint: str, token: str, *formats: str) -> None:
    for log_format in formats:
        await send(endpoint, token, log_format)


asyncio.run(main(*sys.argv[1:]))
