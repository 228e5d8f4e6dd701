"""A C source that every compiler takes."""

from derive.codegen.target import SourceFile

ADD = SourceFile("c/add.c", "double add(double a, double b)\n{\n    return a + b;\n}\n")
