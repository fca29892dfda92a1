using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Pawl.AspNetCore;

/// <summary>What API descriptions, such as OpenAPI documents, say of an endpoint.</summary>
/// <param name="name">The endpoint's name, unique in the app.</param>
/// <param name="summary">One sentence about it.</param>
internal sealed class EndpointDescription(string name, string summary)
{
    private readonly List<object> _metadata = [new EndpointNameMetadata(name), new EndpointSummaryAttribute(summary)];
    private readonly List<Problem> _problems = [];

    /// <summary>Whether requests have a body. Routing then selects the endpoint only for the content type of that body.</summary>
    public bool HasBody => _metadata.OfType<IAcceptsMetadata>().Any();

    public EndpointDescription Accepts<T>(string contentType, bool isOptional = false) =>
        Add(new AcceptsMetadata([contentType], typeof(T), isOptional));

    /// <summary>Adds parameters of the path or the query.</summary>
    /// <param name="shape">
    /// Has these parameters, and is never called. The handler reads them itself, so that a bad value is answered with a problem's code.
    /// </param>
    public EndpointDescription Takes(Delegate shape)
    {
        foreach (var parameter in shape.Method.GetParameters())
            Add(new DescribedParameter(parameter));
        return this;
    }

    public EndpointDescription Returns<T>(
        string contentType = "application/json",
        int status = StatusCodes.Status200OK,
        string? description = null
    ) => Add(new ProducesResponseTypeAttribute(typeof(T), status, contentType) { Description = description });

    /// <summary>Adds a response without a body.</summary>
    public EndpointDescription Returns(int status, string description) =>
        Add(new ProducesResponseTypeAttribute(status) { Description = description });

    public EndpointDescription Refuses(params Problem[] problems)
    {
        _problems.AddRange(problems);
        return this;
    }

    /// <summary>
    /// The metadata. OpenAPI has one response for each status, so that its description names the codes. A status whose body is described
    /// already keeps that body.
    /// </summary>
    public object[] ToMetadata() =>
        [
            .. _metadata,
            .. from problem in _problems
            where !_metadata.OfType<ProducesResponseTypeAttribute>().Any(response => response.StatusCode == problem.Status)
            group problem.Code by problem.Status into codes
            orderby codes.Key
            select new ProducesResponseTypeAttribute(typeof(ProblemResponse), codes.Key, "application/problem+json")
            {
                Description = string.Join(", ", codes.Distinct()),
            },
        ];

    private EndpointDescription Add(object metadata)
    {
        _metadata.Add(metadata);
        return this;
    }

    private sealed class DescribedParameter(ParameterInfo parameter) : IParameterBindingMetadata
    {
        public string Name => parameter.Name!;

        // With this, descriptions look for the parameter in the path and the query, and not in the body.
        public bool HasTryParse => true;

        public bool HasBindAsync => false;

        public ParameterInfo ParameterInfo => parameter;

        public bool IsOptional => parameter.IsOptional;
    }
}
