"""Invented official documents as pages and files, for the tests of the source that reads them."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}">
<title>关于加强防汛工作的通知_上海市水务局</title>
<meta name="ArticleTitle" content="关于加强2009年防汛工作的通知">
<meta name="PubDate" content="2009-03-20 09:00"></head><body>
<header><form><input type="password" name="p"></form></header>
<table><tr><td>索 引 号：</td><td>002420455/2009-00017</td><td>发文机关</td>
<td>上海市水务局</td></tr>
<tr><td>发文字号：</td><td>沪水务〔2009〕{serial}号</td><td>实施日期：</td><td></td></tr></table>
<p><b>主题词：</b>防汛；水务</p>
<div id="zoom"><p>各区县水务局：</p>
<p>为做好今年的防汛工作，现将有关事项通知如下，请认真贯彻执行。</p>
<p>上海市水务局</p><p>二〇〇九年三月十八日</p></div></body></html>"""
LOGIN = "<html><title>统一登录</title><body><h1>请登录</h1><input type='password'></body></html>"
PAPER = """上海市水务局文件

沪水务〔2009〕41号        签发人：王某

关于印发《2009年河道整治
要点》的通知

各区县水务局：
    现将《2009年河道整治要点》印发给你们，请认真贯彻执行，按时上报情况。

                      上海市水务局
                   2009年4月2日
"""
JOINT = """上海市水务局
上海市环境保护局 文件

沪水务〔2010〕第7号

上海市水务局关于公布2010年度
规范性文件清理结果的公告
（2010年5月6日上海市水务局公告第3号）

根据有关规定，我局对规范性文件进行了清理，现将结果予以公布。

附件：继续有效的规范性文件目录

上海市水务局　　上海市环境保护局
二〇一〇年五月六日

（此件公开发布）

抄送：市政府办公厅。
上海市水务局办公室　2010年5月8日印发
"""


def page(serial: int, charset: str = "utf-8") -> bytes:
    """A web page with a table of labels, in an encoding that it declares."""
    encoding = "gb18030" if charset.startswith("gb") else charset
    return PAGE.replace("{serial}", str(serial)).replace("{charset}", charset).encode(encoding)


def docx(text: str) -> bytes:
    """A document of a word processor."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    body = f'<w:document xmlns:w="{space}"><w:body>{lines}</w:body></w:document>'
    return packed({"word/document.xml": body.encode()})


def packed(files: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def pdf(line: str) -> bytes:
    """A PDF of one page with one line of ASCII."""
    stream = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def poisoned(path: Path) -> None:
    """An archive with one good document among entries that are not what they seem."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.txt", PAPER)
        archive.writestr("../outside.txt", "x")
        archive.writestr("/etc/passwd.txt", "x")
        archive.writestr("C:\\windows\\a.txt", "x")
        archive.writestr("a/../../b.txt", "x")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bomb.txt", b"\0" * (40 << 20))
        archive.writestr("swollen.txt", b"a" * (20 << 20))
