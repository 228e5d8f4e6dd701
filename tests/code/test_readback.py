"""Generated kernels, read back and proved; and those of a wrong printer or template, caught."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from derive import Spec, catalogue
from derive.code.readback import read_back
from derive.codegen.emit import emit
from derive.codegen.lower import lower
from derive.errors import UnsupportedError
from derive.notation.text import read_text
from derive.paths import templates_folder
from derive.proof.verdict import Verdict
from derive.spec.pages import read_specs
from derive.spec.statement import name_function
from derive.stabilisation.forms import orders, stabilise
from derive.targets.c import TARGET as C
from derive.targets.numpy import TARGET as NUMPY
from derive.targets.table import TARGETS

OWN = ("with_erf", "with_parameter", "with_long_constant", "of_two")
KIN = Path(__file__).parent.parent / "kin_specs.py"
FUNCTIONS = {function.name: function for function in catalogue()}
FUNCTIONS |= {function.name: function for function in read_specs(KIN) if function.name in OWN}


@cache
def forms_of(function):
    return {(order, wrt): stabilise(function, order, wrt).body for order, wrt in orders(function)}


@cache
def kernels_of(function):
    return lower(function, forms_of(function))


READ = {name: target for name, target in TARGETS.items() if target.reader is not None}


def read(function, files, target):
    return list(read_back(function, list(forms_of(function).values()), kernels_of(function), files, target))


@pytest.mark.parametrize("target", READ.values(), ids=READ)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_kernel_is_proved_to_be_its_evaluation_form(name, target):
    function, kernels = FUNCTIONS[name], kernels_of(FUNCTIONS[name])
    found = read(function, emit(function, kernels, target), target)
    # NumPy has one kernel for both number formats, others one for each variant.
    assert len(found) == (1 if target is NUMPY else len(target.variants)) * len(kernels)
    assert {kernel.symbol: str(kernel.proof.verdict) for kernel in found} == {
        kernel.symbol: "PROVED" for kernel in found
    }


def test_a_float_that_rounds_a_root_is_read_as_the_float():
    function, form = FUNCTIONS["sigmoid"], read_text("sqrt(2)/2*(x + 11863283/8388608)")
    kernels = lower(function, {("forward", ""): form})
    (found, *_) = read_back(function, [form], kernels, emit(function, kernels, C), C)
    assert (found.symbol, found.proof.verdict) == ("derive_sigmoid_f32", Verdict.PROVED)


def slipping(target, operation):
    """A target whose formats, wider ones too, write operations as `operation` makes of a format."""

    def slipped(form):
        wide = form.wide and replace(form.wide, format=slipped(form.wide.format))
        other = form.otherwise and slipped(form.otherwise)
        operations = {**form.operations, **operation(form)}
        return replace(form, operations=operations, shorter={}, wide=wide, otherwise=other)

    return replace(target, formats=tuple(map(slipped, target.formats)))


def caught(function, target, templates=None):
    """Whether some kernel is not proved, or cannot even be read."""
    kernels = kernels_of(function)
    try:
        files = emit(function, kernels, target, templates=templates)
        return any(kernel.proof.verdict is not Verdict.PROVED for kernel in read(function, files, target))
    except UnsupportedError:
        return True


# What a printer could get wrong: an operation, and how it would be written.
SLIPS = {
    "add": "{} - {}",
    "sub": "{1} - {0}",
    "mul": "{} / {}",
    "div": "{} * {}",
    "neg": "+{}",
    "ge": "{} <= {}",
    "exp": "{}",
    "abs": "-{}",
}
SLIPPED = ("sigmoid", "mean_squared_error", "of_two")


@pytest.mark.parametrize("target", READ.values(), ids=READ)
@pytest.mark.parametrize("head", SLIPS)
def test_a_printer_s_slip_is_caught(head, target):
    wrong = slipping(target, lambda form: {head: replace(form.operations[head], pattern=SLIPS[head])})
    assert any(caught(FUNCTIONS[name], wrong) for name in SLIPPED)


@pytest.mark.parametrize("target", READ.values(), ids=READ)
def test_branches_that_change_places_are_caught(target):
    pattern = "np.where({0}, {2}, {1})" if target is NUMPY else "{0} ? {2} : {1}"
    wrong = slipping(target, lambda form: {"cases": replace(form.operations["cases"], pattern=pattern)})
    assert caught(FUNCTIONS["sigmoid"], wrong)


# What a template could get wrong: its text, and the slip.
TEMPLATE_SLIPS = [
    (C, "c/NAME.c.j2", "{{ block.text }} {\n", "{{ block.text.replace('= 0', '= 1') }} {\n", "sigmoid"),
    (C, "c/NAME.c.j2", "{{ block.text }} {\n", "{{ block.text.replace('= 0', '= 1') }} {\n", "softmax"),
    (NUMPY, "numpy/NAME.py.j2", "return _result(result,", "return _result(-result,", "softmax"),
    (NUMPY, "numpy/NAME.py.j2", "return _in_blocks(", "return -_in_blocks(", "sigmoid"),
]


@pytest.mark.parametrize(("target", "template", "text", "slip", "name"), TEMPLATE_SLIPS)
def test_a_template_s_slip_is_caught(name, target, template, text, slip, tmp_path):
    stock = (templates_folder() / template).read_text(encoding="utf-8")
    assert text in stock
    (tmp_path / template).parent.mkdir()
    (tmp_path / template).write_text(stock.replace(text, slip), encoding="utf-8")
    assert caught(FUNCTIONS[name], target, tmp_path)


def test_another_function_under_a_kernel_s_name_is_refuted():
    function, kernels = FUNCTIONS["sigmoid"], kernels_of(FUNCTIONS["sigmoid"])
    (file,) = emit(function, kernels, NUMPY)
    wrong = replace(
        file, text=file.text.replace("def sigmoid(x,", "def unused(x,") + "\n\ndef sigmoid(x):\n    return x\n"
    )
    assert read(function, [wrong], NUMPY)[0].proof.verdict is Verdict.REFUTED


@pytest.mark.parametrize("lacking", ["expm1(x)/x", "Piecewise((0, x == 0), (expm1(x)/x, True))"])
def test_a_kernel_without_the_value_at_a_point_is_refuted(lacking):
    stated = "Piecewise((1, x == 0), (expm1(x)/x, True))"
    function = name_function(Spec(stated), "mine", "mine")
    for text, verdict in ((stated, "PROVED"), (lacking, "REFUTED")):
        (kernel,) = lower(function, {("forward", ""): read_text(text)})
        for target in READ.values():
            found = read_back(function, [read_text(stated)], [kernel], emit(function, [kernel], target), target)
            assert {str(one.proof.verdict) for one in found} == {verdict}


def test_a_target_without_a_reader_is_not_read_back():
    function, kernels = FUNCTIONS["sigmoid"], kernels_of(FUNCTIONS["sigmoid"])
    with pytest.raises(UnsupportedError, match="derive has no reader for C"):
        read(function, emit(function, kernels, C), replace(C, reader=None))
