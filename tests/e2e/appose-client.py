"""A program that uses Appose: starts the worker whose command it is given, and prints what it got of it."""

import json
import os
import sys

import appose
from appose.service import Service, TaskStatus
from appose.syntax import PythonSyntax
service = Service(os.getcwd(), {}, *sys.argv[1:]).syntax(PythonSyntax())
told = {}
try:
    task = service.task("6 * 7").wait_for()
    told["result"] = task.result()
    events = []
    task = service.task("import time\nfor i in range(3):\n    task.update('step', i, 3)\nprint('on stdout')\n{'a': a + 1, 'b': [1, 2]}", {"a": 1})
    task.listen(lambda e: events.append((e.response_type.value, e.current)))
    task.wait_for()
    told["outputs"], told["events"] = task.outputs, events
    with appose.NDArray("float32", [2, 3]) as array:
        array.ndarray()[:] = 1
        task = service.task("x = data.ndarray(); x *= 5; float(x.sum())", {"data": array}).wait_for()
        told["sum"], told["shared"] = task.result(), float(array.ndarray().sum())
    task = service.task("import appose\nn = appose.NDArray('uint8', [4]); n.ndarray()[:] = 7; n").wait_for()
    made = task.result()
    told["made"] = made.ndarray().tolist()
    made.shm.unlink_on_dispose(True)
    made.shm.dispose()
    try:
        service.task("raise ValueError('bad')").wait_for()
    except Exception as e:
        told["failure"] = "ValueError: bad" in str(e)
    task = service.task("import time\nwhile not task.cancel_requested: time.sleep(0.01)\ntask.cancel()")
    task.start()
    while task.status != TaskStatus.RUNNING:
        pass
    task.cancel()
    try:
        task.wait_for()
    except Exception:
        pass
    told["cancelled"] = task.status.value
    service.task("task.export(kept=3)").wait_for()
    told["exported"] = service.task("kept + 1", queue="main").wait_for().result()
    counter = service.task("import io; io.StringIO('abc')").wait_for().result()
    told["proxy"] = counter.getvalue()
    try:
        service.task("import sys; sys.exit(3)").wait_for()
    except Exception as e:
        told["exits"] = "SystemExit" in str(e)
    told["invalid"] = service.invalid_lines()
finally:
    service.close()
told["exit"] = service.wait_for()
told["errors"] = service.error_lines()
print(json.dumps(told))
