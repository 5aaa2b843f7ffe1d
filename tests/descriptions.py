"""Descriptions of invented interfaces, services and layers, for the tests of their sources."""

from __future__ import annotations

from typing import Any

OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "泵站数据接口", "version": "2"},
    "servers": [{"url": "https://{host}/v2", "variables": {"host": {"default": "pumps.example"}}}],
    "security": [{"key": []}, {"login": []}],
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "login": {"type": "http", "scheme": "bearer"},
        },
        "schemas": {
            "Pump": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "maxLength": 60, "description": "泵站名称"},
                    "capacity": {"title": "设计排水能力", "type": ["number", "null"]},
                    "founded": {"type": "string", "format": "date"},
                    "place": {"type": "object", "properties": {"x": {"type": "number"}}},
                    "next": {"$ref": "#/components/schemas/Pump"},
                    "keeper": {"$ref": "https://elsewhere.example/people.json#/Person"},
                },
            }
        },
    },
    "paths": {
        "/pumps": {
            "get": {
                "summary": "查询泵站",
                "description": "按名称查询泵站。",
                "tags": ["泵站", "防汛"],
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Pump"},
                                }
                            }
                        }
                    }
                },
            }
        },
        "/pumps/{id}": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "integer"}}],
            "delete": {"operationId": "deletePump", "security": [], "responses": {"204": {}}},
        },
    },
}
SWAGGER = """
swagger: "2.0"
info: {title: 水位接口, version: 1}
host: levels.example
basePath: /api
schemes: [http, https]
securityDefinitions: {basic: {type: basic}}
security: [{basic: []}]
produces: [application/xml]
paths:
  /levels:
    get:
      summary: 查询水位
      responses:
        200:
          schema: {type: array, items: {$ref: "#/definitions/Level"}}
definitions:
  Level:
    allOf:
      - {properties: {station: {type: string, description: 测站}}}
      - properties: {level: {type: number, format: double}, at: {type: string, format: date-time}}
"""
WSDL = """<?xml version="1.0" encoding="UTF-8"?>
<definitions name="Permits" targetNamespace="urn:permits" xmlns:t="urn:permits"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="http://schemas.xmlsoap.org/wsdl/"
    xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
  <documentation>排污许可证查询服务</documentation>
  <types><xsd:schema targetNamespace="urn:permits">
    <xsd:element name="query" type="xsd:string"/>
    <xsd:element name="answer"><xsd:complexType><xsd:sequence>
      <xsd:element name="permit" type="t:Permit" maxOccurs="unbounded"/>
    </xsd:sequence></xsd:complexType></xsd:element>
    <xsd:complexType name="Permit"><xsd:sequence>
      <xsd:element name="number" type="t:Code">
        <xsd:annotation><xsd:documentation>许可证编号</xsd:documentation></xsd:annotation>
      </xsd:element>
      <xsd:element name="valid" type="xsd:date"/>
      <xsd:element name="renews" type="t:Permit"/>
      <xsd:element name="owner" type="t:Missing"/>
    </xsd:sequence><xsd:attribute name="active" type="xsd:boolean"/></xsd:complexType>
    <xsd:simpleType name="Code"><xsd:restriction base="xsd:string"><xsd:maxLength value="18"/>
    </xsd:restriction></xsd:simpleType>
  </xsd:schema></types>
  <message name="in"><part name="p" element="t:query"/></message>
  <message name="out"><part name="p" element="t:answer"/></message>
  <message name="count"><part name="总数" type="xsd:int"/></message>
  <portType name="PermitPort">
    <operation name="query"><documentation>按企业查询</documentation>
      <input message="t:in"/><output message="t:out"/></operation>
    <operation name="count"><input message="t:in"/><output message="t:count"/></operation>
  </portType>
  <binding name="b" type="t:PermitPort"><soap:binding/></binding>
  <service name="许可服务"><port name="p" binding="t:b">
    <soap:address location="https://permits.example/soap"/></port></service>
</definitions>"""
WMS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE WMT_MS_Capabilities SYSTEM "http://schemas.opengis.net/wms/1.1.1/x.dtd"
 [ <!ELEMENT VendorSpecificCapabilities EMPTY> ]>
<WMT_MS_Capabilities version="1.1.1" xmlns:xlink="http://www.w3.org/1999/xlink">
  <Service><Title>水务地图</Title><AccessConstraints>限政务外网</AccessConstraints></Service>
  <Capability><Request><GetMap><Format>image/png</Format><Format>image/jpeg</Format>
    <DCPType><HTTP><Get><OnlineResource xlink:href="https://maps.example/wms?"/></Get></HTTP>
    </DCPType></GetMap></Request>
    <Layer><Title>全部</Title><LatLonBoundingBox minx="120.8" miny="30.7" maxx="122" maxy="31.9"/>
      <Layer><Name>rivers</Name><Title>河道</Title><Abstract>市管河道中心线</Abstract>
        <KeywordList><Keyword>河道</Keyword></KeywordList></Layer>
      <Layer><Name>pumps</Name><Title>泵站</Title>
        <LatLonBoundingBox minx="0" miny="0" maxx="-1" maxy="-1"/></Layer>
    </Layer></Capability></WMT_MS_Capabilities>"""
WFS = """<wfs:WFS_Capabilities version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0"
    xmlns:ows="http://www.opengis.net/ows/1.1" xmlns:xlink="http://www.w3.org/1999/xlink">
  <ows:ServiceIdentification><ows:Title>要素服务</ows:Title>
    <ows:AccessConstraints>NONE</ows:AccessConstraints></ows:ServiceIdentification>
  <ows:OperationsMetadata>
    <ows:Operation name="DescribeFeatureType"><ows:DCP><ows:HTTP>
      <ows:Get xlink:href="{address}/wfs"/></ows:HTTP></ows:DCP></ows:Operation>
    <ows:Operation name="GetFeature"><ows:DCP><ows:HTTP>
      <ows:Get xlink:href="{address}/wfs"/></ows:HTTP></ows:DCP></ows:Operation>
  </ows:OperationsMetadata>
  <wfs:FeatureTypeList>
    <wfs:FeatureType><wfs:Name>w:sluices</wfs:Name><wfs:Title>水闸</wfs:Title>
      <ows:Keywords><ows:Keyword>水闸</ows:Keyword></ows:Keywords>
      <ows:WGS84BoundingBox><ows:LowerCorner>121 30.9</ows:LowerCorner>
        <ows:UpperCorner>121.9 31.5</ows:UpperCorner></ows:WGS84BoundingBox></wfs:FeatureType>
    <wfs:FeatureType><wfs:Name>w:silent</wfs:Name><wfs:Title>没有字段的图层</wfs:Title>
    </wfs:FeatureType>
  </wfs:FeatureTypeList></wfs:WFS_Capabilities>"""
SLUICES = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:w="urn:w"
    xmlns:gml="http://www.opengis.net/gml/3.2" targetNamespace="urn:w">
  <xsd:import namespace="http://www.opengis.net/gml/3.2" schemaLocation="http://x.example/g.xsd"/>
  <xsd:complexType name="sluicesType"><xsd:complexContent>
    <xsd:extension base="gml:AbstractFeatureType"><xsd:sequence>
      <xsd:element name="闸名" type="xsd:string"/><xsd:element name="宽度" type="xsd:double"/>
      <xsd:element name="geom" type="gml:PointPropertyType"/>
    </xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>
  <xsd:element name="sluices" type="w:sluicesType" substitutionGroup="gml:AbstractFeature"/>
</xsd:schema>"""
