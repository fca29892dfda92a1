using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>The tables of docs/options.md name every option, with the default and the range of the code.</summary>
public sealed partial class OptionsTableTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    [Fact]
    public void Every_option_is_in_the_table_once_with_its_default()
    {
        var rows = Rows("PawlOptions", columns: 4);
        var options = new PawlOptions();
        var properties = typeof(PawlOptions).GetProperties(Declared);
        Assert.Equal(properties.Select(static p => p.Name).Order(), rows.Select(static r => r[0]).Order());
        foreach (var property in properties.Where(static p => p.PropertyType != typeof(PawlEvents)))
            AssertDefault(rows.Single(r => r[0] == property.Name)[1], property, options);
    }

    [Fact]
    public void Every_option_of_a_service_is_in_the_table_once_with_its_default()
    {
        var rows = Rows("PawlResourceOptions", columns: 4);
        var options = new PawlResourceOptions();
        var properties = typeof(PawlResourceOptions).GetProperties(Declared);
        Assert.Equal(properties.Select(static p => p.Name).Order(), rows.Select(static r => r[0]).Order());
        foreach (var property in properties)
            AssertDefault(rows.Single(r => r[0] == property.Name)[1], property, options);
    }

    [Fact]
    public void Every_property_of_a_sign_in_is_in_the_table_with_its_default()
    {
        var rows = Rows("PawlSignInProperties", columns: 3);
        var names = rows.Select(static r => r[0]).ToList();
        Assert.Empty(typeof(PawlSignInProperties).GetProperties(Declared).Select(static p => p.Name).Except(names));
        foreach (var row in rows)
        {
            var property = typeof(PawlSignInProperties).GetProperty(row[0]);
            Assert.True(property is not null, $"A sign-in has no property {row[0]}.");
            AssertDefault(row[1], property, new PawlSignInProperties());
        }
    }

    [Fact]
    public void Each_range_in_the_table_ends_where_the_code_ends_it()
    {
        var ranges = Rows("PawlOptions", columns: 4)
            .Select(static r => (Name: r[0], Range: Range().Match(r[2])))
            .Where(static r => r.Range.Success)
            .ToList();
        Assert.True(ranges.Count >= 5);
        var beyond = TimeSpan.FromMilliseconds(1);
        foreach (var (name, range) in ranges)
        {
            var to = Read(range.Groups["to"].Value);
            Assert.True(IsAllowed(name, to), $"{name} = {to} is refused.");
            Assert.False(IsAllowed(name, to + beyond), $"{name} = {to + beyond} is allowed.");
            if (range.Groups["from"] is not { Success: true } lowest)
                continue;
            var from = Read(lowest.Value);
            Assert.True(IsAllowed(name, from), $"{name} = {from} is refused.");
            Assert.False(IsAllowed(name, from - beyond), $"{name} = {from - beyond} is allowed.");
        }
    }

    private static void AssertDefault(string cell, PropertyInfo property, object instance)
    {
        var value = property.GetValue(instance);
        if (value is null or "" or ICollection { Count: 0 } or PathString { HasValue: false })
            // The code has no value: the cell names what is used in its place.
            Assert.Matches("^(none|the same as )", cell);
        else
            Assert.Equal(Write(value), cell.Trim('`'));
    }

    private static bool IsAllowed(string name, TimeSpan value)
    {
        var options = new PawlOptions();
        typeof(PawlOptions).GetProperty(name)!.SetValue(options, value);
        var scheme = new PawlScheme(new(Options.DefaultName, null, typeof(PawlHandler)));
        var failures = new PawlOptionsValidator(scheme).Validate(Options.DefaultName, options).Failures ?? [];
        return !failures.Any(failure => failure.StartsWith($"{name} must ", StringComparison.Ordinal));
    }

    private static List<string[]> Rows(string heading, int columns)
    {
        var section = SourceTree.Read("docs/options.md").Split($"\n## {heading}\n")[1].Split("\n## ")[0];
        var rows = section
            .Split('\n')
            .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(static line => line.Trim('|').Split('|').Select(static cell => cell.Trim()).ToArray())
            .ToList();
        Assert.All(rows, row => Assert.Equal(columns, row.Length));
        return [.. rows.Select(static row => (string[])[row[0].Trim('`'), .. row[1..]])];
    }

    private static string Write(object value) =>
        value switch
        {
            bool flag => flag ? "true" : "false",
            TimeSpan { Milliseconds: 0 } time => time switch
            {
                { Hours: 0, Minutes: 0, Seconds: 0 } => Count(time.Days, "day"),
                { Minutes: 0, Seconds: 0 } => Count((int)time.TotalHours, "hour"),
                { Seconds: 0 } => Count((int)time.TotalMinutes, "minute"),
                _ => Count((int)time.TotalSeconds, "second"),
            },
            long number => number.ToString("N0", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    private static string Count(int number, string unit) => $"{number} {unit}{(number == 1 ? "" : "s")}";

    private static TimeSpan Read(string text)
    {
        var words = text.Split(' ');
        var number = int.Parse(words[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
        return words[1].TrimEnd('s') switch
        {
            "second" => TimeSpan.FromSeconds(number),
            "minute" => TimeSpan.FromMinutes(number),
            "hour" => TimeSpan.FromHours(number),
            "day" => TimeSpan.FromDays(number),
            _ => throw new FormatException(text),
        };
    }

    [GeneratedRegex(
        @"^((?<from>[\d,]+ (second|minute|hour|day)s?) to |(more than zero, )?up to )" + @"(?<to>[\d,]+ (second|minute|hour|day)s?)$"
    )]
    private static partial Regex Range();
}
