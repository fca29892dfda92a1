namespace Pawl.EndToEnd.Scenarios;

/// <summary>A page whose scripts are told another time.</summary>
internal static class ShiftedClock
{
    /// <param name="milliseconds">By how much, as an expression of JavaScript: it is asked each time.</param>
    public static string Script(string milliseconds) =>
        $$"""
            {
              const right = Date;
              const now = () => right.now() + Number({{milliseconds}});
              globalThis.Date = class extends right {
                constructor(...at) { at.length ? super(...at) : super(now()); }
                static now() { return now(); }
              };
            }
            """;
}
