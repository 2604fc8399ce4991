-- Taken out of the card index and three spreadsheets. Each statement is executed for itself.
insert into museum (id, name, country, founded_year) values
  (1, 'Museum am Hafen', 'DE', 1871),
  (2, 'Musée de la Mine', 'FR', 1962),
  (3, 'Castle Museum', 'GB', 1799);
insert into institution (id, name, country) values
  (1, 'Prishtina Gallery', 'XK'),
  (2, 'Rijksarchief', 'NL'),
  (3, 'Kuwait House', 'KW'),
  (4, 'Old Academy', 'DE');
insert into institution (id, name, country) values
  (5, 'Old Academy', 'AT'),
  (6, 'Maritime Trust', 'GB');
insert into person (id, name, email, born, died) values
  (1, 'Per Holm', null, 1868, 1912),
  (2, 'Lucie Morel', null, -366, -300),
  (3, 'Infant X', null, 1711, 1711),
  (4, 'Ida Roth', null, 1614, 1679);
insert into person (id, name, email, born, died) values
  (5, 'Unknown', null, null, null),
  (6, 'Unknown', null, -517, -437),
  (7, 'Tom Ash II', null, 1581, null),
  (8, 'Jan de Wit', null, null, null);
insert into person (id, name, email, born, died) values
  (9, 'Per Holm', null, 1484, null),
  (10, 'Per Holm', null, null, null),
  (11, 'Unknown', null, null, null),
  (12, 'Per Holm', null, 1745, 1800);
insert into person (id, name, email, born, died) values
  (13, 'Paul Roy', null, 1547, 1623),
  (14, 'Anna Berg III', null, 1877, 1949),
  (15, 'Ida Roth', null, 1892, 1955),
  (16, 'Tom Ash', null, null, null);
insert into person (id, name, email, born, died) values
  (17, 'Ida Roth', null, 1430, 1490),
  (18, 'Anna Berg', null, 1782, 1811),
  (19, 'Lucie Morel', null, null, null),
  (20, 'Lucie Morel', null, -214, -138);
insert into person (id, name, email, born, died) values
  (21, 'Anna Berg I', null, null, null),
  (22, 'Ida Roth', null, null, null),
  (23, 'Lucie Morel', null, null, null),
  (24, 'Ida Roth', null, null, null);
insert into person (id, name, email, born, died) values
  (25, 'Jan de Wit', null, 1503, null),
  (26, 'Lucie Morel', null, -145, null),
  (27, 'Unknown', null, 1435, 1490),
  (28, 'Paul Roy II', null, 1511, 1565);
insert into person (id, name, email, born, died) values
  (29, 'Per Holm', null, 1406, 1460),
  (30, 'Paul Roy', null, 1547, 1584),
  (31, 'Tom Ash', null, -469, -438),
  (32, 'Ida Roth', null, -385, -327);
insert into person (id, name, email, born, died) values
  (33, 'Anna Berg', null, 1954, null),
  (34, 'Anna Berg', null, 1944, null),
  (35, 'Lucie Morel III', null, null, null),
  (36, 'Unknown', null, -210, null);
insert into person (id, name, email, born, died) values
  (37, 'Unknown', null, -109, -55),
  (38, 'Ida Roth', null, null, null),
  (39, 'Per Holm', null, 1763, 1834),
  (40, 'Lucie Morel', null, 1871, 1915);
insert into person (id, name, email, born, died) values
  (41, 'Tom Ash', null, 1895, 1945),
  (42, 'Per Holm I', null, -312, -270),
  (43, 'Tom Ash', null, null, null),
  (44, 'Ida Roth', null, 1884, 1927);
insert into person (id, name, email, born, died) values
  (45, 'Per Holm', null, null, null),
  (46, 'Per Holm', 'p46@museum.example', -231, -190),
  (47, 'Unknown', 'p47@museum.example', null, null),
  (48, 'Jan de Wit', 'p48@museum.example', null, null);
insert into person (id, name, email, born, died) values
  (49, 'Unknown II', 'p49@museum.example', -110, -81),
  (50, 'Unknown', 'p50@museum.example', 1401, 1440),
  (51, 'Eva Lind', 'lind@mail.example', 1961, null),
  (52, 'Nils Lind', 'lind@mail.example', 1958, null);
insert into person (id, name, email, born, died) values
  (53, 'Paul Roy', 'p53@museum.example', 1737, 1762),
  (54, 'Unknown', 'p54@museum.example', 1542, 1592),
  (55, 'Per Holm', 'p55@museum.example', 1821, 1895),
  (56, 'Per Holm III', 'p56@museum.example', null, null);
insert into person (id, name, email, born, died) values
  (57, 'Unknown', 'p57@museum.example', 1682, 1746),
  (58, 'Lucie Morel', 'p58@museum.example', 1740, 1786),
  (59, 'Tom Ash', 'p59@museum.example', null, null),
  (60, 'Anna Berg', 'p60@museum.example', -316, -241);
insert into location (id, museum_id, parent_id, code, kind) values
  (100, 1, 190, 'R0', 'case'),
  (101, 1, 191, 'R1', 'case'),
  (102, 1, 190, 'R2', 'case'),
  (103, 1, 191, 'R3', 'room'),
  (104, 1, 190, 'R4', 'case'),
  (105, 1, 191, 'R5', 'case'),
  (106, 1, 190, 'R6', 'case'),
  (107, 1, 191, 'R7', 'store'),
  (190, 1, 199, 'East', 'wing'),
  (191, 1, 199, 'West', 'wing'),
  (199, 1, null, 'House', 'building'),
  (200, 2, 290, 'R0', 'case'),
  (201, 2, 291, 'R1', 'room'),
  (202, 2, 290, 'R2', 'case'),
  (203, 2, 291, 'R3', 'case'),
  (204, 2, 290, 'R4', 'case'),
  (205, 2, 291, 'R5', 'room'),
  (206, 2, 290, 'R6', 'room'),
  (207, 2, 291, 'R7', 'room'),
  (290, 2, 299, 'East', 'wing'),
  (291, 2, 299, 'West', 'wing'),
  (299, 2, null, 'House', 'building'),
  (300, 3, 390, 'R0', 'store'),
  (301, 3, 391, 'R1', 'store'),
  (302, 3, 390, 'R2', 'room'),
  (303, 3, 391, 'R3', 'case'),
  (304, 3, 390, 'R4', 'case'),
  (305, 3, 391, 'R5', 'store'),
  (306, 3, 390, 'R6', 'room'),
  (307, 3, 391, 'R7', 'case'),
  (390, 3, 399, 'East', 'wing'),
  (391, 3, 399, 'West', 'wing'),
  (399, 3, null, 'House', 'building'),
  (150, 1, null, 'R1', 'store');
insert into material (id, name) values
  (1, 'oak'),
  (2, 'brass'),
  (3, 'linen'),
  (4, 'paper');
insert into material (id, name) values
  (5, 'clay'),
  (6, 'glass'),
  (7, 'ivory'),
  (8, 'iron');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (1, 1, '1924.1', 'Compass', 1919, 1919, null, 45643, 'held'),
  (2, 2, '1952.2', 'Sea chest', -140, -140, null, 26544, 'held'),
  (3, 2, '1985.3', 'Letter', -567, -567, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (4, 3, '1955.4', 'Bowl', -840, -827, null, 31705, 'held'),
  (5, 1, '1881.5', 'Compass', 1953, 1953, null, 18286, 'held'),
  (6, 2, '1968.6', 'Bowl', null, 1778, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (7, 2, '1959.7', 'Letter', null, 1851, null, 8.6, 'held'),
  (8, 3, '1888.8', 'Compass', -776, -776, null, 12008, 'held'),
  (9, 3, '1895.9', null, null, null, null, 9597, 'destroyed');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (10, 3, '1881.10', 'Compass', 1752, 1752, null, null, 'held'),
  (11, 1, 'a 12', 'Lamp', 1681, 1696, null, 27164, 'destroyed'),
  (12, 1, 'A 12', 'Compass', 1527, 1527, null, 73316, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (13, 2, '2004.13', 'Bowl', -689, -689, null, 29.4, 'missing'),
  (14, 3, '1921.14', 'Sea chest', null, null, null, 6301, 'held'),
  (15, 1, '1971.15', 'Lamp', -81, -64, null, 86321, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (16, 2, '1940.16', 'Compass', 1537, 1543, null, 14.7, 'missing'),
  (17, 1, '1950.17', 'Compass', -749, -749, null, 10554, 'held'),
  (18, 3, '1884.18', 'Lamp', null, 1798, null, 41.4, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (19, 1, '1957.19', 'Lamp', null, null, null, 80.6, 'held'),
  (20, 2, '1984.20', 'Compass', null, null, null, 8.3, 'held'),
  (21, 1, '1907.4', 'Sea chest', null, null, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (22, 2, '1907.4', 'Bowl', 1875, 1902, null, 14.1, 'held'),
  (23, 1, '1926.23', null, 1815, 1828, null, 81457, 'held'),
  (24, 3, '1921.24', 'Lamp', null, null, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (25, 1, '1966.25', 'Compass', null, null, null, 2403, 'held'),
  (26, 1, '1957.26', 'Chair', -845, -845, null, null, 'held'),
  (27, 2, '1993.27', 'Letter', null, null, null, null, 'destroyed');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (28, 1, '1920.28', 'Letter', null, null, null, 68113, 'held'),
  (29, 2, '1934.29', 'Chair', 1756, 1756, null, 57.8, 'deaccessioned'),
  (30, 2, '1887.30', null, null, null, null, 85663, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (31, 1, '2004.31', 'Letter', null, 1881, null, 48.2, 'held'),
  (32, 2, '1979.32', 'Chair', -892, -892, null, 32721, 'held'),
  (33, 2, '1920.33', 'Sea chest', -845, -835, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (34, 3, 'B 7', 'Compass', 1791, 1810, null, null, 'held'),
  (35, 3, 'B 7 ', 'Lamp', null, 1822, null, 17232, 'destroyed'),
  (36, 1, '1970.36', null, -384, -356, null, 34.6, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (37, 2, '1943.37', 'Bowl', null, null, null, null, 'held'),
  (38, 3, '1902.38', 'Bowl', null, null, null, 49492, 'missing'),
  (39, 1, '1957.39', null, 1973, 1991, null, 60.4, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (40, 1, '1972.40', 'Compass', -43, -22, null, null, 'destroyed'),
  (41, 1, '2005.41', 'A view of the harbour with all the ships that lay there on the morning of the fourth of May and their captains, with all the ships that lay there on the morning of the fourth of May and their captains, with all the ships that lay there on the morning of the fourth of May and their captains, with all the ships that lay there on the morning of the fourth of May and their captains, with all the ships that lay there on the morning', 1652, 1654, null, 65444, 'held'),
  (42, 3, '1975.42', 'Lamp', 1980, 1980, null, 0, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (43, 2, '2005.43', 'Sea chest', -681, -681, null, 0.0, 'destroyed'),
  (44, 1, '1951.44', null, null, null, null, 14.9, 'held'),
  (45, 1, '1892.45', 'Lamp', 1759, 1759, null, null, 'missing');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (46, 2, '1907.46', 'Chair', null, 1718, null, 27161, 'held'),
  (47, 1, '1979.47', null, -168, -159, null, 61684, 'missing'),
  (48, 1, '1939.48', 'Compass', -755, -733, null, 51.8, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (49, 1, '1930.49', null, -275, -260, null, 66204, 'held'),
  (50, 3, '1986.50', null, 1842, 1842, null, null, 'held'),
  (51, 3, '2009.51', 'Compass', 1584, 1592, null, 0.4, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (52, 3, '1911.52', null, null, 1874, null, 86549, 'held'),
  (53, 1, '1905.53', 'Chair', 1988, 1988, null, 85.7, 'held'),
  (54, 3, '1988.54', 'Lamp', -268, -244, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (55, 3, '2012.55', 'Chair', null, null, null, null, 'held'),
  (56, 2, '1924.56', 'Sea chest', null, 1821, null, 23915, 'held'),
  (57, 1, '1936.57', 'Lamp', 1679, 1701, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (58, 1, '2010.58', null, null, 1794, null, 9167, 'held'),
  (59, 2, '1903.59', 'Compass', null, null, null, null, 'missing'),
  (60, 1, '1971.60', 'Sea chest', 1858, 1885, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (61, 2, 'Inv. K60', 'Bowl', 1915, 1915, null, 18422, 'held'),
  (62, 2, 'inv. k60', 'Compass', -66, -66, null, 21.1, 'held'),
  (63, 2, 'Inv. K62', 'Compass', null, 1749, null, 51814, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (64, 2, 'inv. k62', 'Compass', -131, -114, null, 73974, 'held'),
  (65, 1, '1964.65', 'Sea chest', 1638, 1653, null, null, 'held'),
  (66, 1, '1962.66', 'Compass', -740, -736, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (67, 2, '2014.67', 'Chair', 1614, 1638, null, 65.9, 'held'),
  (68, 3, '1945.68', 'Chair', 1789, 1789, null, 66971, 'held'),
  (69, 1, '1936.69', null, 1551, 1551, null, 52889, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (70, 2, '1902.70', null, 1841, 1858, null, 78473, 'held'),
  (71, 3, '2014.71', 'Chair', 1990, 2004, null, 42.8, 'held'),
  (72, 2, '2019.72', 'Bowl', 1731, 1731, null, 42.0, 'deaccessioned');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (73, 1, '2004.73', 'Lamp', -591, -569, null, null, 'held'),
  (74, 3, '1975.74', 'Letter', null, 1758, null, 67468, 'deaccessioned'),
  (75, 2, '1968.75', 'Lamp', -550, -521, null, 24699, 'destroyed');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (76, 3, '1892.76', 'Chair', -138, -138, null, 40.3, 'held'),
  (77, 1, '1935.77', 'Lamp', -391, -387, null, null, 'held'),
  (78, 3, '2014.78', 'Letter', null, 1886, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (79, 3, '1955.79', null, null, null, null, 37.5, 'held'),
  (80, 1, '1966.80', null, -880, -880, null, null, 'held'),
  (81, 3, '1950.81', 'Letter', -698, -670, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (82, 1, '1891.82', 'Lamp', null, null, null, null, 'missing'),
  (83, 2, '1933.83', 'Chair', 1850, 1850, null, 24.5, 'held'),
  (84, 1, '1989.84', 'Compass', null, null, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (85, 2, '1995.85', 'Letter', 1723, 1723, null, 21304, 'held'),
  (86, 1, '1990.86', 'Sea chest', -273, -273, null, 13445, 'held'),
  (87, 1, '1991.87', 'Bowl', null, 1717, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (88, 1, '1946.88', 'Letter', -176, -176, null, null, 'held'),
  (89, 3, '1928.89', 'Chair', -690, -690, null, 15.9, 'destroyed'),
  (90, 2, '1974.90', 'Compass', -218, -218, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (91, 1, '1933.91', 'Chair', 1932, 1958, null, 13918, 'destroyed'),
  (92, 1, '1953.92', 'Letter', null, null, null, null, 'held'),
  (93, 3, '1922.93', 'Compass', null, null, null, 31.0, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (94, 1, '2002.94', 'Bowl', null, 1893, null, 72.4, 'held'),
  (95, 3, '2010.95', 'Letter', null, null, null, null, 'held'),
  (96, 2, '1991.96', null, 1919, 1920, null, 14470, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (97, 1, '2002.97', 'Sea chest', -606, -588, null, 28.1, 'deaccessioned'),
  (98, 1, '1971.98', 'Bowl', null, null, null, 65.8, 'destroyed'),
  (99, 1, '1960.99', 'Bowl', -779, -779, null, 8320, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (125, 3, '1932.125', 'Letter', 1508, 1508, null, 89.3, 'held'),
  (124, 2, '1901.124', 'Chair', 1712, 1717, null, 20.6, 'held'),
  (123, 1, '2011.123', 'Sea chest', -582, -573, 121, 50056, 'held'),
  (122, 1, '1948.122', 'Compass', null, 1876, 121, null, 'destroyed'),
  (121, 1, '1913.121', 'Letter', -710, -698, null, null, 'held'),
  (120, 3, '1948.120', null, null, 1768, null, null, 'held'),
  (119, 1, '1933.119', 'Bowl', 1840, 1868, null, null, 'held'),
  (118, 1, '1900.118', 'Compass', null, null, null, 2.6, 'held'),
  (117, 2, '2002.117', null, null, null, null, null, 'held'),
  (116, 3, '1982.116', 'Sea chest', 1780, 1780, null, 40.2, 'held'),
  (115, 1, '1905.115', 'Lamp', null, 1790, null, null, 'held'),
  (114, 3, '1896.114', 'Letter', 1926, 1926, null, 44257, 'held'),
  (113, 3, '1895.113', 'Chair', null, null, null, 7.3, 'deaccessioned'),
  (112, 1, '2008.112', 'Sea chest', 1922, 1929, 111, null, 'held'),
  (111, 1, '1999.111', null, -238, -214, null, 59.6, 'missing'),
  (110, 2, '1977.110', 'Chair', 1699, 1699, null, null, 'held'),
  (109, 1, '1974.109', null, 1790, 1803, null, 25.3, 'held'),
  (108, 2, '1923.108', 'Bowl', null, null, null, null, 'held'),
  (107, 1, '1925.107', 'Compass', 1977, 1986, null, 40357, 'held'),
  (106, 1, '1935.106', 'Letter', null, null, null, 41.9, 'missing'),
  (105, 1, '1932.105', 'Sea chest', 1634, 1660, 104, 15.6, 'held'),
  (104, 1, '1925.104', 'Sea chest', null, null, 101, 16.1, 'missing'),
  (103, 1, '1985.103', 'Chair', null, null, 101, 60.5, 'missing'),
  (102, 1, '1923.102', 'Sea chest', -315, -296, 101, 14.5, 'held'),
  (101, 1, '2002.101', 'Lamp', -295, -295, null, 51.0, 'held'),
  (100, 1, '1926.100', 'Chair', null, null, null, 51510, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (126, 1, '2007.126', 'Compass', null, 1700, null, 40449, 'held'),
  (127, 1, '1907.127', 'Compass', 1654, 1671, null, 3.0, 'held'),
  (128, 3, '1922.128', 'Lamp', 1829, 1833, null, 5.4, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (129, 3, '1949.129', 'Compass', -108, -108, null, 31.6, 'held'),
  (130, 2, '1983.130', 'Letter', 1731, 1731, null, 63.4, 'held'),
  (131, 1, '1928.131', 'Sea chest', -566, -566, null, 80846, 'destroyed');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (132, 3, '1934.132', 'Lamp', null, null, null, 30046, 'held'),
  (133, 2, '1951.133', 'Compass', -218, -194, null, 55.1, 'held'),
  (134, 1, '1903.134', 'Bowl', -182, -182, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (135, 1, '1924.135', null, -562, -546, null, 88.6, 'held'),
  (136, 1, '1988.136', null, null, 1863, null, 18457, 'held'),
  (137, 2, '1909.137', 'Lamp', null, null, null, 39.8, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (138, 3, '1963.138', 'Lamp', null, 1782, null, 15825, 'held'),
  (139, 3, '1979.139', 'Compass', null, null, null, null, 'destroyed'),
  (140, 1, '1952.140', null, null, null, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (141, 1, '1991.141', null, null, null, null, 17.7, 'held'),
  (142, 1, '1971.142', 'Sea chest', 1716, 1736, null, null, 'deaccessioned'),
  (143, 1, '1897.143', 'Chair', null, null, null, 88.0, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (144, 1, '1918.144', 'Lamp', null, null, null, null, 'held'),
  (145, 1, '1937.145', 'Compass', null, 1803, null, 6.4, 'held'),
  (146, 3, '2013.146', 'Chair', null, 1747, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (147, 1, '2015.147', 'Compass', -881, -868, null, null, 'held'),
  (148, 1, '1984.148', 'Bowl', null, null, null, null, 'held'),
  (149, 3, '1968.149', 'Bowl', null, null, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (150, 1, '1952.150', 'Letter', 1712, 1734, null, 59601, 'held'),
  (151, 1, '1933.151', 'Letter', -895, -867, null, 40.9, 'held'),
  (152, 2, '1918.152', null, -811, -811, null, 85.7, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (153, 1, '1909.153', null, 1571, 1571, null, null, 'held'),
  (154, 2, '1921.154', null, 1599, 1599, null, null, 'held'),
  (155, 1, '2011.155', 'Letter', 1596, 1596, null, 50710, 'missing');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (156, 2, '1903.156', null, -264, -264, null, null, 'held'),
  (157, 3, '1960.157', 'Letter', 1963, 1986, null, null, 'held'),
  (158, 3, '1918.158', 'Compass', 1828, 1840, null, 1.7, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (159, 3, '1928.159', 'Compass', -824, -812, null, 69.0, 'held'),
  (160, 2, '1881.160', 'Sea chest', null, null, null, 30.0, 'held'),
  (161, 3, '1942.161', 'Bowl', null, null, null, 65474, 'destroyed');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (162, 1, '1946.162', 'Bowl', 1889, 1912, null, null, 'held'),
  (163, 1, '2015.163', null, null, null, null, 77.2, 'destroyed'),
  (164, 2, '1990.164', 'Lamp', -231, -220, null, 64329, 'missing');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (165, 3, '1962.165', 'Chair', null, null, null, 19.0, 'missing'),
  (166, 2, '1967.166', 'Letter', null, null, null, 13589, 'held'),
  (167, 3, '1981.167', 'Chair', -265, -265, null, 35.4, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (168, 1, '1941.168', 'Compass', null, null, null, 33.6, 'held'),
  (169, 1, '1977.169', 'Lamp', -342, -342, null, 20792, 'held'),
  (170, 2, '1978.170', 'Sea chest', -592, -568, null, 52.0, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (171, 1, '1960.171', 'Sea chest', -762, -762, null, 76.9, 'held'),
  (172, 2, '1911.172', 'Lamp', 1527, 1527, null, 10562, 'held'),
  (173, 3, '1967.173', null, 1604, 1621, null, 23.8, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (174, 2, '1991.174', 'Bowl', null, null, null, 30.7, 'held'),
  (175, 1, '1924.175', 'Lamp', null, 1848, null, null, 'held'),
  (176, 3, '1934.176', 'Sea chest', null, null, null, 31876, 'deaccessioned');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (177, 1, '1917.177', 'Letter', 1867, 1893, null, 8530, 'held'),
  (178, 1, '1926.178', 'Letter', 1647, 1647, null, 45.2, 'held'),
  (179, 1, '2008.179', 'Compass', 1791, 1806, null, null, 'deaccessioned');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (180, 1, '1986.180', null, null, null, null, null, 'missing'),
  (181, 2, '1996.181', 'Sea chest', -669, -669, null, 41.4, 'held'),
  (182, 3, '2013.182', null, null, null, null, 38006, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (183, 1, '1896.183', 'Compass', null, 1821, null, 69500, 'destroyed'),
  (184, 1, '1990.184', 'Lamp', null, null, null, 49.9, 'held'),
  (185, 1, '1970.185', 'Bowl', 1522, 1522, null, 51.7, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (186, 1, '1890.186', 'Bowl', 1955, 1967, null, 5.6, 'held'),
  (187, 3, '2007.187', 'Letter', null, null, null, null, 'held'),
  (188, 3, '1994.188', 'Lamp', -819, -796, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (189, 3, '1946.189', 'Lamp', 1514, 1514, null, 74967, 'held'),
  (190, 1, '1955.190', 'Compass', -374, -374, null, null, 'deaccessioned'),
  (191, 1, '1896.191', 'Chair', 1829, 1829, null, 38243, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (192, 3, '2018.192', 'Lamp', null, null, null, null, 'held'),
  (193, 1, '1914.193', 'Chair', -157, -157, null, 16390, 'destroyed'),
  (194, 2, '2011.194', 'Lamp', null, null, null, 16483, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (195, 1, '1915.195', 'Letter', -183, -183, null, 9.5, 'held'),
  (196, 2, '1916.196', 'Bowl', 1503, 1518, null, 27.5, 'held'),
  (197, 3, '1907.197', null, -31, -31, null, 64997, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (198, 2, '1942.198', 'Letter', null, null, null, 34201, 'held'),
  (199, 1, '1903.199', 'Sea chest', -607, -590, null, 3153, 'held'),
  (200, 2, '1901.200', 'Sea chest', -146, -140, null, 85873, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (201, 2, '1920.201', null, 1511, 1511, null, 12044, 'missing'),
  (202, 1, '1926.202', 'Lamp', -414, -406, null, 80303, 'held'),
  (203, 1, '1881.203', 'Lamp', -207, -207, null, 35.3, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (204, 1, '1962.204', 'Sea chest', -262, -262, null, 24989, 'held'),
  (205, 1, '1965.205', 'Chair', null, null, null, 35.8, 'held'),
  (206, 1, '1964.206', 'Sea chest', 1592, 1592, null, 21945, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (207, 3, '1934.207', 'Compass', null, 1817, null, 58498, 'held'),
  (208, 1, '1926.208', 'Lamp', null, 1718, null, 39.9, 'held'),
  (209, 2, '1911.209', 'Bowl', null, null, null, 49985, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (210, 3, '1935.210', 'Letter', null, null, null, null, 'missing'),
  (211, 2, '1966.211', 'Chair', -511, -496, null, 43.1, 'missing'),
  (212, 2, '1891.212', null, 1734, 1734, null, 59.5, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (213, 1, '1934.213', null, 1890, 1890, null, 25.8, 'held'),
  (214, 3, '1963.214', 'Letter', null, null, null, 60396, 'held'),
  (215, 2, '1931.215', 'Compass', null, null, null, 31448, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (216, 2, '1923.216', 'Bowl', 1895, 1903, null, 18.3, 'held'),
  (217, 1, '2018.217', 'Bowl', -363, -334, null, 60.3, 'missing'),
  (218, 3, '1971.218', 'Lamp', 1750, 1750, null, 65.5, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (219, 3, '1982.219', null, -58, -52, null, 18.8, 'held'),
  (220, 1, '1918.220', null, null, null, null, 55.0, 'held'),
  (221, 2, '1932.221', 'Chair', null, 1838, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (222, 1, '1923.222', 'Bowl', 1509, 1509, null, 4181, 'held'),
  (223, 2, '1979.223', 'Lamp', null, null, null, 55.2, 'held'),
  (224, 2, '1950.224', 'Compass', null, 1866, null, 85.3, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (225, 2, '2012.225', 'Chair', 1569, 1586, null, null, 'deaccessioned'),
  (226, 3, '1982.226', 'Letter', null, null, null, 28.5, 'held'),
  (227, 2, '1922.227', 'Lamp', null, null, null, 90000, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (228, 1, '1926.228', 'Chair', -706, -680, null, null, 'held'),
  (229, 1, '1945.229', 'Letter', -389, -377, null, 60.3, 'destroyed'),
  (230, 2, '1981.230', 'Lamp', null, null, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (231, 2, '1976.231', 'Sea chest', -640, -640, null, 89027, 'held'),
  (232, 1, '1989.232', null, 1924, 1924, null, 43.6, 'held'),
  (233, 1, '1887.233', 'Bowl', -723, -723, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (234, 3, '1916.234', 'Compass', 1899, 1899, null, 44151, 'held'),
  (235, 3, '1930.235', null, null, null, null, 48.7, 'held'),
  (236, 2, '1932.236', 'Chair', null, 1787, null, null, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (237, 3, '1938.237', 'Compass', 1901, 1909, null, null, 'held'),
  (238, 3, '1940.238', 'Bowl', null, 1884, null, null, 'deaccessioned'),
  (239, 1, '2017.239', 'Chair', -153, -150, null, 7694, 'held');
insert into object (id, museum_id, accession_no, title, year_from, year_to, part_of_id, weight_g, status) values
  (240, 3, '1992.240', 'Sea chest', -735, -723, null, 28618, 'missing');
insert into object_maker (object_id, person_id, role, position) values
  (1, 31, 'maker', 1),
  (2, 17, 'maker', 1),
  (3, 27, 'publisher', 2),
  (4, 6, 'publisher', 1),
  (5, 7, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (5, 7, 'painter', 1),
  (5, 15, 'painter', 1),
  (6, 22, 'maker', 2),
  (6, 26, 'maker', 1),
  (7, 1, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (7, 13, 'painter', 1),
  (8, 23, 'publisher', 2),
  (9, 7, 'maker', 1),
  (9, 7, 'publisher', 1),
  (9, 30, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (10, 1, 'maker', 1),
  (10, 35, 'maker', 2),
  (11, 16, 'painter', 1),
  (12, 38, 'maker', 1),
  (14, 11, 'painter', 1);
insert into object_maker (object_id, person_id, role, position) values
  (14, 29, 'publisher', 2),
  (16, 32, 'painter', 1),
  (20, 8, 'maker', 1),
  (20, 24, 'previous owner', 1),
  (21, 42, 'maker', 2);
insert into object_maker (object_id, person_id, role, position) values
  (21, 45, 'previous owner', 1),
  (22, 32, 'painter', 1),
  (23, 8, 'painter', 1),
  (23, 31, 'publisher', 1),
  (26, 31, 'previous owner', 1);
insert into object_maker (object_id, person_id, role, position) values
  (27, 7, 'previous owner', 1),
  (29, 3, 'publisher', 2),
  (30, 12, 'maker', 1),
  (30, 16, 'publisher', 2),
  (31, 26, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (32, 14, 'maker', 1),
  (32, 23, 'previous owner', 1),
  (33, 19, 'painter', 1),
  (35, 9, 'painter', 2),
  (35, 24, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (36, 3, 'painter', 1),
  (36, 23, 'previous owner', 1),
  (39, 6, 'painter', 2),
  (42, 9, 'publisher', 2),
  (42, 34, 'painter', 1);
insert into object_maker (object_id, person_id, role, position) values
  (43, 14, 'previous owner', 2),
  (44, 13, 'painter', 1),
  (45, 10, 'publisher', 1),
  (45, 37, 'painter', 1),
  (47, 21, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (50, 42, 'previous owner', 1),
  (50, 44, 'maker', 1),
  (51, 26, 'maker', 2),
  (51, 28, 'maker', 1),
  (52, 6, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (53, 3, 'maker', 1),
  (53, 11, 'previous owner', 2),
  (54, 32, 'previous owner', 1),
  (55, 17, 'publisher', 1),
  (55, 40, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (56, 26, 'maker', 2),
  (56, 37, 'maker', 1),
  (58, 20, 'maker', 2),
  (59, 13, 'maker', 2),
  (60, 14, 'painter', 1);
insert into object_maker (object_id, person_id, role, position) values
  (61, 3, 'maker', 1),
  (62, 25, 'maker', 1),
  (63, 26, 'painter', 2),
  (63, 33, 'publisher', 1),
  (65, 41, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (66, 28, 'painter', 1),
  (66, 43, 'painter', 1),
  (67, 21, 'painter', 1),
  (68, 39, 'previous owner', 1),
  (69, 29, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (70, 23, 'painter', 2),
  (71, 7, 'painter', 1),
  (71, 13, 'previous owner', 1),
  (72, 6, 'publisher', 1),
  (75, 28, 'painter', 2);
insert into object_maker (object_id, person_id, role, position) values
  (76, 25, 'previous owner', 1),
  (78, 29, 'painter', 2),
  (79, 39, 'publisher', 2),
  (80, 14, 'painter', 1),
  (81, 2, 'previous owner', 1);
insert into object_maker (object_id, person_id, role, position) values
  (87, 36, 'painter', 1),
  (88, 42, 'painter', 1),
  (89, 17, 'maker', 1),
  (89, 44, 'maker', 1),
  (90, 34, 'previous owner', 1);
insert into object_maker (object_id, person_id, role, position) values
  (91, 27, 'maker', 1),
  (92, 4, 'maker', 2),
  (93, 6, 'publisher', 2),
  (94, 8, 'previous owner', 2),
  (95, 29, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (96, 16, 'painter', 1),
  (96, 30, 'previous owner', 1),
  (97, 33, 'previous owner', 1),
  (98, 1, 'publisher', 1),
  (98, 2, 'painter', 1);
insert into object_maker (object_id, person_id, role, position) values
  (99, 19, 'painter', 1),
  (99, 44, 'maker', 1),
  (100, 3, 'previous owner', 1),
  (103, 25, 'painter', 2),
  (104, 39, 'previous owner', 2);
insert into object_maker (object_id, person_id, role, position) values
  (106, 2, 'previous owner', 1),
  (106, 28, 'maker', 1),
  (107, 35, 'previous owner', 1),
  (108, 11, 'painter', 2),
  (109, 21, 'maker', 2);
insert into object_maker (object_id, person_id, role, position) values
  (112, 15, 'previous owner', 2),
  (113, 17, 'painter', 1),
  (114, 7, 'painter', 1),
  (115, 7, 'publisher', 2),
  (115, 21, 'painter', 1);
insert into object_maker (object_id, person_id, role, position) values
  (117, 21, 'maker', 1),
  (121, 37, 'painter', 2),
  (122, 25, 'maker', 1),
  (123, 33, 'painter', 2),
  (123, 44, 'maker', 2);
insert into object_maker (object_id, person_id, role, position) values
  (124, 16, 'maker', 2),
  (124, 44, 'maker', 2),
  (126, 26, 'painter', 2),
  (131, 37, 'painter', 1),
  (132, 41, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (133, 20, 'maker', 1),
  (133, 32, 'publisher', 1),
  (134, 27, 'painter', 1),
  (134, 36, 'painter', 2),
  (136, 19, 'previous owner', 2);
insert into object_maker (object_id, person_id, role, position) values
  (136, 45, 'previous owner', 2),
  (137, 15, 'publisher', 1),
  (137, 44, 'maker', 1),
  (138, 33, 'previous owner', 2),
  (139, 41, 'previous owner', 1);
insert into object_maker (object_id, person_id, role, position) values
  (141, 31, 'maker', 1),
  (142, 39, 'maker', 2),
  (142, 40, 'maker', 2),
  (143, 10, 'publisher', 1),
  (143, 32, 'previous owner', 1);
insert into object_maker (object_id, person_id, role, position) values
  (144, 31, 'previous owner', 1),
  (144, 33, 'painter', 2),
  (145, 23, 'previous owner', 1),
  (145, 40, 'painter', 2),
  (147, 19, 'previous owner', 1);
insert into object_maker (object_id, person_id, role, position) values
  (148, 2, 'previous owner', 2),
  (150, 12, 'publisher', 1),
  (151, 22, 'previous owner', 2),
  (153, 26, 'painter', 1),
  (153, 32, 'previous owner', 1);
insert into object_maker (object_id, person_id, role, position) values
  (154, 35, 'publisher', 1),
  (154, 43, 'publisher', 1),
  (156, 11, 'publisher', 1),
  (159, 22, 'publisher', 2),
  (159, 32, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (161, 2, 'maker', 2),
  (162, 1, 'painter', 1),
  (162, 40, 'previous owner', 1),
  (163, 26, 'maker', 2),
  (164, 20, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (165, 18, 'maker', 1),
  (165, 36, 'painter', 1),
  (166, 9, 'maker', 1),
  (167, 23, 'publisher', 1),
  (168, 16, 'maker', 2);
insert into object_maker (object_id, person_id, role, position) values
  (171, 21, 'maker', 1),
  (171, 24, 'maker', 2),
  (173, 14, 'publisher', 1),
  (173, 36, 'painter', 2),
  (174, 7, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (174, 26, 'publisher', 2),
  (176, 6, 'painter', 2),
  (176, 38, 'previous owner', 2),
  (177, 6, 'maker', 1),
  (177, 44, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (178, 34, 'maker', 2),
  (179, 4, 'publisher', 1),
  (182, 10, 'publisher', 1),
  (182, 15, 'previous owner', 1),
  (183, 5, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (185, 40, 'maker', 2),
  (186, 30, 'maker', 1),
  (186, 41, 'painter', 1),
  (187, 31, 'publisher', 1),
  (189, 14, 'maker', 2);
insert into object_maker (object_id, person_id, role, position) values
  (189, 23, 'maker', 1),
  (190, 5, 'publisher', 1),
  (191, 2, 'publisher', 2),
  (192, 1, 'maker', 1),
  (195, 33, 'maker', 1);
insert into object_maker (object_id, person_id, role, position) values
  (195, 44, 'painter', 1),
  (196, 1, 'maker', 1),
  (196, 30, 'maker', 2),
  (197, 25, 'publisher', 1),
  (199, 30, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (200, 2, 'publisher', 2),
  (201, 27, 'painter', 1),
  (202, 25, 'maker', 1),
  (203, 1, 'previous owner', 1),
  (204, 9, 'painter', 1);
insert into object_maker (object_id, person_id, role, position) values
  (205, 43, 'painter', 2),
  (205, 45, 'previous owner', 1),
  (206, 40, 'painter', 2),
  (206, 43, 'previous owner', 2),
  (207, 32, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (208, 19, 'previous owner', 1),
  (209, 9, 'painter', 1),
  (210, 10, 'painter', 1),
  (210, 19, 'publisher', 2),
  (213, 33, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (214, 38, 'maker', 1),
  (215, 25, 'painter', 1),
  (215, 43, 'previous owner', 1),
  (216, 39, 'previous owner', 1),
  (216, 41, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (220, 27, 'maker', 2),
  (221, 16, 'maker', 1),
  (222, 10, 'previous owner', 1),
  (222, 29, 'painter', 1),
  (223, 27, 'painter', 1);
insert into object_maker (object_id, person_id, role, position) values
  (223, 37, 'maker', 1),
  (224, 13, 'publisher', 1),
  (225, 14, 'painter', 1),
  (226, 6, 'maker', 1),
  (227, 40, 'publisher', 1);
insert into object_maker (object_id, person_id, role, position) values
  (228, 25, 'maker', 1),
  (229, 44, 'previous owner', 1),
  (230, 25, 'maker', 2),
  (232, 34, 'previous owner', 1),
  (233, 13, 'painter', 2);
insert into object_maker (object_id, person_id, role, position) values
  (234, 7, 'previous owner', 1),
  (234, 10, 'maker', 1),
  (235, 37, 'maker', 2),
  (236, 28, 'maker', 2),
  (237, 30, 'maker', 2);
insert into object_maker (object_id, person_id, role, position) values
  (238, 19, 'maker', 1),
  (239, 7, 'publisher', 1),
  (239, 35, 'painter', 1),
  (240, 11, 'painter', 2);
insert into object_material (object_id, material_id, share) values
  (1, 5, 0.01),
  (2, 2, 33.33),
  (3, 5, 12.5),
  (4, 4, 33.33),
  (5, 2, 0.01);
insert into object_material (object_id, material_id, share) values
  (7, 7, null),
  (8, 1, 50),
  (8, 4, 0.01),
  (8, 6, 50),
  (11, 1, null);
insert into object_material (object_id, material_id, share) values
  (11, 2, 0.01),
  (14, 4, 100),
  (16, 3, 12.5),
  (16, 4, 0.01),
  (18, 4, 33.33);
insert into object_material (object_id, material_id, share) values
  (22, 1, 50),
  (24, 8, 50),
  (25, 1, 100),
  (25, 4, 0.01),
  (26, 2, 50);
insert into object_material (object_id, material_id, share) values
  (27, 8, 50),
  (32, 3, 33.33),
  (33, 2, 12.5),
  (34, 7, 12.5),
  (36, 1, 50);
insert into object_material (object_id, material_id, share) values
  (37, 2, 33.33),
  (37, 8, null),
  (38, 2, 50),
  (38, 4, null),
  (39, 8, 33.33);
insert into object_material (object_id, material_id, share) values
  (43, 3, 12.5),
  (43, 8, 100),
  (44, 1, 0.01),
  (50, 1, 50),
  (50, 6, null);
insert into object_material (object_id, material_id, share) values
  (51, 2, 0.01),
  (52, 6, 100),
  (58, 8, 0.01),
  (59, 1, 12.5),
  (60, 3, 33.33);
insert into object_material (object_id, material_id, share) values
  (61, 1, 0.01),
  (61, 2, null),
  (62, 3, 0.01),
  (64, 2, 12.5),
  (67, 2, 33.33);
insert into object_material (object_id, material_id, share) values
  (68, 4, 12.5),
  (68, 8, 100),
  (69, 2, 0.01),
  (69, 8, null),
  (72, 4, 0.01);
insert into object_material (object_id, material_id, share) values
  (72, 7, null),
  (73, 8, 12.5),
  (74, 6, 33.33),
  (74, 8, 100),
  (78, 1, 0.01);
insert into object_material (object_id, material_id, share) values
  (80, 1, 50),
  (81, 3, 0.01),
  (86, 4, 33.33),
  (86, 7, 12.5),
  (89, 1, 12.5);
insert into object_material (object_id, material_id, share) values
  (89, 5, 33.33),
  (90, 8, 0.01),
  (92, 6, 0.01),
  (94, 6, 12.5),
  (99, 2, 100);
insert into object_material (object_id, material_id, share) values
  (102, 4, 100),
  (104, 4, 33.33),
  (105, 2, 12.5),
  (105, 5, null),
  (106, 4, null);
insert into object_material (object_id, material_id, share) values
  (107, 8, 12.5),
  (108, 7, 50),
  (111, 4, 100),
  (113, 8, 100),
  (114, 8, 12.5);
insert into object_material (object_id, material_id, share) values
  (119, 1, null),
  (119, 4, 100),
  (121, 6, 0.01),
  (124, 5, 100),
  (125, 1, 100);
insert into object_material (object_id, material_id, share) values
  (125, 2, 50),
  (126, 2, 33.33),
  (126, 8, null),
  (128, 4, 0.01),
  (128, 8, 0.01);
insert into object_material (object_id, material_id, share) values
  (129, 1, 12.5),
  (130, 3, 100),
  (133, 6, 12.5),
  (134, 3, 50),
  (135, 8, 12.5);
insert into object_material (object_id, material_id, share) values
  (137, 4, null),
  (137, 8, 33.33),
  (138, 1, 12.5),
  (140, 8, 100),
  (141, 7, 12.5);
insert into object_material (object_id, material_id, share) values
  (148, 6, 0.01),
  (149, 7, 100),
  (150, 1, 50),
  (151, 8, null),
  (152, 7, 50);
insert into object_material (object_id, material_id, share) values
  (153, 6, 100),
  (157, 8, null),
  (159, 7, 12.5),
  (163, 2, 12.5),
  (168, 5, 100);
insert into object_material (object_id, material_id, share) values
  (170, 5, 33.33),
  (170, 6, null),
  (171, 5, 33.33),
  (173, 8, 100),
  (174, 3, 12.5);
insert into object_material (object_id, material_id, share) values
  (174, 4, null),
  (178, 1, 50),
  (179, 1, null),
  (180, 4, 50),
  (182, 2, 12.5);
insert into object_material (object_id, material_id, share) values
  (182, 8, 0.01),
  (183, 8, null),
  (184, 1, 33.33),
  (186, 2, 100),
  (188, 4, 0.01);
insert into object_material (object_id, material_id, share) values
  (194, 1, 0.01),
  (197, 5, 100),
  (200, 5, null),
  (200, 8, 12.5),
  (203, 2, 50);
insert into object_material (object_id, material_id, share) values
  (206, 2, 0.01),
  (207, 6, 12.5),
  (208, 8, 0.01),
  (212, 3, 100),
  (214, 4, null);
insert into object_material (object_id, material_id, share) values
  (216, 3, 100),
  (216, 5, 12.5),
  (217, 7, 33.33),
  (220, 2, 0.01),
  (222, 4, 12.5);
insert into object_material (object_id, material_id, share) values
  (222, 6, 0.01),
  (222, 7, 50),
  (225, 2, 50),
  (225, 8, 12.5),
  (226, 6, 0.01);
insert into object_material (object_id, material_id, share) values
  (228, 3, 0.01),
  (234, 5, 0.01),
  (237, 5, 0.01),
  (239, 2, 12.5),
  (240, 3, 50);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (1, 1, null, 105, '2015-05-15 15:12+00', 1),
  (2, 2, null, 299, '2016-01-31 15:03+00', 1),
  (3, 3, null, 204, '2016-08-13 13:46+00', 1),
  (4, 4, null, 303, '2017-05-06 09:07+00', 1),
  (5, 4, 303, 399, '2017-12-28 12:04+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (6, 5, null, 104, '2016-10-09 13:16+00', 1),
  (7, 6, null, 205, '2017-02-13 11:07+00', 1),
  (8, 7, null, 203, '2016-07-19 11:49+00', 1),
  (9, 8, null, 307, '2016-01-12 09:30+00', 1),
  (10, 8, 307, 300, '2016-10-11 15:41+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (11, 8, 300, 391, '2016-12-18 19:32+00', 1),
  (12, 9, null, 302, '2016-10-26 11:55+00', 1),
  (13, 10, null, 305, '2015-06-17 14:11+00', 1),
  (14, 11, null, 150, '2016-10-23 10:58+00', 1),
  (15, 11, 150, 106, '2017-07-22 11:26+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (16, 12, null, 100, '2016-11-10 13:27+00', 1),
  (17, 12, 100, 107, '2017-01-02 13:43+00', 1),
  (18, 12, 107, 104, '2017-07-14 17:01+00', 1),
  (19, 13, null, 290, '2016-03-27 12:31+00', 1),
  (20, 13, 290, 200, '2016-06-02 12:41+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (21, 13, 200, 200, '2016-08-08 18:40+00', 1),
  (22, 14, null, 303, '2016-03-13 15:39+00', 1),
  (23, 14, 303, 305, '2016-10-11 18:44+00', 1),
  (24, 15, null, 107, '2016-08-09 15:06+00', 1),
  (25, 15, 107, 204, '2016-08-20 18:49+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (26, 15, 204, 204, '2016-10-02 22:29+00', 1),
  (27, 16, null, 207, '2017-05-11 09:10+00', 1),
  (28, 17, null, 204, '2017-01-26 10:23+00', 1),
  (29, 18, null, 302, '2017-02-26 10:20+00', 1),
  (30, 18, 302, 390, '2017-02-26 10:20+00', 2);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (31, 18, 390, 306, '2017-02-26 10:20+00', 3),
  (32, 19, null, 190, '2017-03-21 14:16+00', 1),
  (33, 19, 190, 103, '2017-05-05 14:59+00', 1),
  (34, 19, 103, 104, '2017-05-08 17:10+00', 1),
  (35, 20, null, 299, '2017-01-26 14:04+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (36, 20, 299, 206, '2017-02-20 15:32+00', 1),
  (37, 21, null, 150, '2017-01-04 12:33+00', 1),
  (38, 21, 150, 104, '2017-09-06 16:16+00', 1),
  (39, 22, null, 200, '2016-06-11 13:19+00', 1),
  (40, 23, null, 102, '2015-09-23 12:03+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (41, 24, null, 306, '2017-07-12 14:21+00', 1),
  (42, 25, null, 103, '2017-09-17 09:52+00', 1),
  (43, 25, 103, 103, '2017-12-16 14:34+00', 1),
  (44, 25, 103, 103, '2018-02-18 19:24+00', 1),
  (45, 26, null, 104, '2015-05-16 13:32+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (46, 27, null, 205, '2016-01-01 09:38+00', 1),
  (47, 28, null, 150, '2016-11-08 10:37+00', 1),
  (48, 29, null, 205, '2016-09-07 15:17+00', 1),
  (49, 29, 205, 207, '2017-01-17 17:29+00', 1),
  (50, 29, 207, 207, '2017-11-12 23:31+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (51, 30, null, 201, '2016-12-11 09:03+00', 1),
  (52, 31, null, 101, '2016-04-06 14:03+00', 1),
  (53, 32, null, 203, '2017-11-04 13:16+00', 1),
  (54, 33, null, 205, '2016-09-08 14:08+00', 1),
  (55, 33, 205, 202, '2017-02-16 19:30+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (56, 33, 202, 291, '2017-04-20 02:10+00', 1),
  (57, 34, null, 302, '2016-09-21 14:27+00', 1),
  (58, 34, 302, 390, '2017-03-09 19:55+00', 1),
  (59, 35, null, 304, '2017-04-19 10:25+00', 1),
  (60, 36, null, 102, '2016-12-17 10:21+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (61, 37, null, 203, '2015-10-17 12:51+00', 1),
  (62, 37, 203, 206, '2015-10-18 15:37+00', 1),
  (63, 38, null, 304, '2016-10-05 15:01+00', 1),
  (64, 38, 304, 305, '2017-03-22 19:09+00', 1),
  (65, 38, 305, 390, '2017-06-24 22:22+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (66, 39, null, 191, '2015-12-14 10:58+00', 1),
  (67, 40, null, 190, '2017-08-24 09:58+00', 1),
  (68, 41, null, 199, '2015-09-23 12:39+00', 1),
  (69, 42, null, 399, '2016-04-29 09:48+00', 1),
  (70, 42, 399, 305, '2016-05-29 10:36+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (71, 42, 305, 304, '2017-02-19 13:28+00', 1),
  (72, 43, null, 202, '2018-01-05 09:33+00', 1),
  (73, 43, 202, 207, '2018-08-14 12:59+00', 1),
  (74, 43, 207, 206, '2018-09-23 13:12+00', 1),
  (75, 44, null, 201, '2017-05-16 14:59+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (76, 45, null, 101, '2017-01-16 15:36+00', 1),
  (77, 46, null, 202, '2015-09-13 09:38+00', 1),
  (78, 47, null, 399, '2016-02-14 14:24+00', 1),
  (79, 48, null, 104, '2016-04-07 09:52+00', 1),
  (80, 48, 104, 199, '2016-04-14 15:07+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (81, 49, null, 106, '2017-07-12 14:00+00', 1),
  (82, 49, 106, 150, '2018-01-04 15:24+00', 1),
  (83, 49, 150, 101, '2018-05-12 18:12+00', 1),
  (84, 50, null, 390, '2017-08-17 11:56+00', 1),
  (85, 51, null, 304, '2017-01-22 13:41+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (86, 52, null, 307, '2017-07-14 13:50+00', 1),
  (87, 52, 307, 303, '2018-05-03 18:40+00', 1),
  (88, 53, null, 190, '2016-12-09 14:08+00', 1),
  (89, 54, null, 300, '2015-10-28 11:38+00', 1),
  (90, 54, 300, 390, '2015-10-28 11:38+00', 2);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (91, 55, null, 306, '2016-09-21 10:14+00', 1),
  (92, 55, 306, 391, '2017-01-31 16:36+00', 1),
  (93, 56, null, 200, '2016-10-22 11:17+00', 1),
  (94, 57, null, 101, '2017-02-11 11:57+00', 1),
  (95, 57, 101, 100, '2017-06-30 15:37+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (96, 57, 100, 102, '2018-01-17 18:03+00', 1),
  (97, 58, null, 107, '2015-09-01 12:40+00', 1),
  (98, 59, null, 299, '2016-08-29 09:05+00', 1),
  (99, 60, null, 101, '2016-08-06 12:47+00', 1),
  (100, 61, null, 201, '2017-10-12 09:58+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (101, 61, 201, 206, '2018-06-08 12:52+00', 1),
  (102, 61, 206, 201, '2019-02-03 19:10+00', 1),
  (103, 62, null, 291, '2017-07-31 13:13+00', 1),
  (104, 63, null, 290, '2017-09-04 10:23+00', 1),
  (105, 64, null, 202, '2017-05-18 13:47+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (106, 64, 202, 206, '2017-05-19 16:39+00', 1),
  (107, 65, null, 106, '2017-06-24 10:21+00', 1),
  (108, 66, null, 103, '2015-03-26 12:18+00', 1),
  (109, 67, null, 299, '2017-05-31 14:05+00', 1),
  (110, 68, null, 300, '2016-01-11 15:06+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (111, 69, null, 104, '2017-06-01 14:58+00', 1),
  (112, 69, 104, 190, '2017-11-29 21:07+00', 1),
  (113, 70, null, 207, '2016-12-19 13:16+00', 1),
  (114, 71, null, 305, '2016-12-03 14:31+00', 1),
  (115, 71, 305, 300, '2017-06-09 20:21+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (116, 72, null, 203, '2017-02-18 14:13+00', 1),
  (117, 72, 203, 107, '2017-02-18 14:13+00', 2),
  (118, 73, null, 190, '2017-03-12 11:47+00', 1),
  (119, 73, 190, 191, '2017-07-30 12:35+00', 1),
  (120, 74, null, 306, '2017-06-01 11:52+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (121, 75, null, 307, '2016-03-14 09:31+00', 1),
  (122, 76, null, 399, '2016-05-12 11:14+00', 1),
  (123, 77, null, 101, '2016-01-12 12:22+00', 1),
  (124, 77, 101, 100, '2016-04-22 14:34+00', 1),
  (125, 78, null, 391, '2017-03-14 09:31+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (126, 78, 391, 301, '2017-12-11 11:45+00', 1),
  (127, 78, 301, 305, '2018-02-03 13:08+00', 1),
  (128, 79, null, 399, '2015-06-18 15:30+00', 1),
  (129, 80, null, 199, '2016-01-03 13:55+00', 1),
  (130, 80, 199, 107, '2016-08-07 15:12+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (131, 80, 107, 107, '2016-12-21 17:55+00', 1),
  (132, 81, null, 306, '2016-11-16 12:52+00', 1),
  (133, 82, null, 107, '2015-08-15 13:00+00', 1),
  (134, 82, 107, 100, '2015-12-12 15:47+00', 1),
  (135, 82, 100, 102, '2016-09-14 19:48+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (136, 83, null, 200, '2015-06-21 10:51+00', 1),
  (137, 84, null, 199, '2016-09-16 09:37+00', 1),
  (138, 84, 199, 102, '2017-01-27 16:00+00', 1),
  (139, 84, 102, 190, '2017-03-23 21:46+00', 1),
  (140, 85, null, 102, '2016-11-26 09:53+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (141, 85, 102, 205, '2017-07-14 14:32+00', 1),
  (142, 86, null, 102, '2017-04-06 09:44+00', 1),
  (143, 87, null, 190, '2017-05-05 14:18+00', 1),
  (144, 88, null, 101, '2015-07-26 09:19+00', 1),
  (145, 88, 101, 199, '2016-04-19 10:51+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (146, 89, null, 306, '2017-01-22 12:28+00', 1),
  (147, 90, null, 205, '2016-07-01 09:17+00', 1),
  (148, 90, 205, 207, '2016-07-01 09:17+00', 2),
  (149, 90, 207, 207, '2016-07-01 09:17+00', 3),
  (150, 91, null, 105, '2016-11-11 10:24+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (151, 91, 105, 105, '2016-12-17 16:29+00', 1),
  (152, 92, null, 102, '2017-02-22 10:44+00', 1),
  (153, 93, null, 399, '2015-04-15 10:51+00', 1),
  (154, 94, null, 107, '2015-10-27 10:45+00', 1),
  (155, 95, null, 305, '2017-09-30 15:20+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (156, 95, 305, 391, '2017-11-29 18:39+00', 1),
  (157, 95, 391, 391, '2018-03-13 00:41+00', 1),
  (158, 96, null, 201, '2017-12-30 12:42+00', 1),
  (159, 96, 201, 203, '2018-10-19 14:04+00', 1),
  (160, 97, null, 104, '2018-03-26 15:03+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (161, 98, null, 106, '2016-08-13 09:15+00', 1),
  (162, 99, null, 190, '2016-12-24 12:57+00', 1),
  (163, 99, 190, 190, '2016-12-24 12:57+00', 2),
  (164, 100, null, 103, '2017-03-14 15:15+00', 1),
  (165, 100, 103, 105, '2017-08-01 17:31+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (166, 100, 105, 105, '2017-09-13 23:55+00', 1),
  (167, 101, null, 103, '2016-10-27 13:40+00', 1),
  (168, 101, 103, 199, '2016-11-10 19:45+00', 1),
  (169, 101, 199, 101, '2016-11-30 01:31+00', 1),
  (170, 102, null, 191, '2017-11-25 09:35+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (171, 102, 191, 102, '2018-06-21 11:10+00', 1),
  (172, 103, null, 105, '2017-02-02 10:26+00', 1),
  (173, 104, null, 150, '2016-11-06 12:19+00', 1),
  (174, 104, 150, 191, '2017-08-22 12:23+00', 1),
  (175, 105, null, 106, '2016-09-23 13:38+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (176, 106, null, 104, '2017-06-23 13:38+00', 1),
  (177, 107, null, 299, '2016-05-09 13:51+00', 1),
  (178, 108, null, 105, '2016-04-07 12:53+00', 1),
  (179, 109, null, 101, '2015-09-10 09:23+00', 1),
  (180, 110, null, 202, '2018-01-13 12:51+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (181, 111, null, 191, '2016-11-21 14:28+00', 1),
  (182, 112, null, 104, '2016-11-25 09:02+00', 1),
  (183, 112, 104, 104, '2017-06-21 10:30+00', 1),
  (184, 113, null, 303, '2015-04-08 14:26+00', 1),
  (185, 114, null, 106, '2017-01-16 14:23+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (186, 114, 106, 307, '2017-10-14 14:35+00', 1),
  (187, 114, 307, 399, '2018-03-05 18:19+00', 1),
  (188, 115, null, 104, '2015-11-24 13:14+00', 1),
  (189, 116, null, 300, '2017-10-09 12:44+00', 1),
  (190, 116, 300, 301, '2018-07-20 14:49+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (191, 116, 301, 399, '2019-01-14 19:28+00', 1),
  (192, 117, null, 299, '2017-09-19 15:02+00', 1),
  (193, 117, 299, 207, '2017-09-19 15:02+00', 2),
  (194, 117, 207, 302, '2017-09-19 15:02+00', 3),
  (195, 118, null, 199, '2017-05-15 11:06+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (196, 119, null, 101, '2016-06-01 10:48+00', 1),
  (197, 120, null, 307, '2017-12-19 12:36+00', 1),
  (198, 120, 307, 399, '2018-03-24 17:24+00', 1),
  (199, 120, 399, 399, '2018-10-17 18:04+00', 1),
  (200, 121, null, 191, '2015-11-16 11:30+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (201, 122, null, 100, '2017-04-19 10:21+00', 1),
  (202, 123, null, 303, '2015-03-31 12:08+00', 1),
  (203, 123, 303, 107, '2015-06-24 18:40+00', 1),
  (204, 124, null, 204, '2017-04-09 11:47+00', 1),
  (205, 124, 204, 291, '2017-07-31 17:50+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (206, 124, 291, 391, '2017-09-21 17:59+00', 1),
  (207, 125, null, 307, '2017-01-24 09:30+00', 1),
  (208, 126, null, 199, '2017-07-11 13:29+00', 1),
  (209, 127, null, 150, '2017-04-25 15:37+00', 1),
  (210, 128, null, 300, '2018-02-04 10:53+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (211, 129, null, 390, '2015-04-19 14:53+00', 1),
  (212, 130, null, 203, '2016-12-14 13:27+00', 1),
  (213, 130, 203, 200, '2017-09-28 16:46+00', 1),
  (214, 130, 200, 200, '2018-06-02 19:26+00', 1),
  (215, 131, null, 103, '2016-12-16 12:21+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (216, 132, null, 390, '2015-11-26 13:35+00', 1),
  (217, 132, 390, 307, '2016-04-22 17:23+00', 1),
  (218, 133, null, 200, '2015-11-05 12:53+00', 1),
  (219, 134, null, 191, '2017-03-27 11:33+00', 1),
  (220, 135, null, 100, '2017-03-02 14:26+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (221, 136, null, 103, '2017-07-27 14:43+00', 1),
  (222, 136, 103, 102, '2017-09-06 17:48+00', 1),
  (223, 136, 102, 105, '2017-12-21 18:32+00', 1),
  (224, 137, null, 290, '2017-06-02 09:53+00', 1),
  (225, 138, null, 306, '2015-11-10 11:40+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (226, 138, 306, 399, '2016-07-01 15:30+00', 1),
  (227, 139, null, 399, '2016-06-07 10:27+00', 1),
  (228, 139, 399, 391, '2016-10-05 10:30+00', 1),
  (229, 139, 391, 304, '2017-04-30 11:18+00', 1),
  (230, 140, null, 107, '2016-02-20 09:51+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (231, 141, null, 190, '2017-03-06 10:04+00', 1),
  (232, 142, null, 105, '2016-09-18 14:13+00', 1),
  (233, 143, null, 191, '2015-12-22 12:16+00', 1),
  (234, 144, null, 105, '2017-08-26 11:08+00', 1),
  (235, 144, 105, 199, '2017-08-26 11:08+00', 2);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (236, 145, null, 107, '2015-07-05 11:13+00', 1),
  (237, 145, 107, 150, '2015-07-28 16:18+00', 1),
  (238, 146, null, 306, '2016-01-30 15:02+00', 1),
  (239, 147, null, 103, '2017-03-04 11:21+00', 1),
  (240, 148, null, 103, '2016-09-08 11:22+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (241, 148, 103, 104, '2017-04-01 12:51+00', 1),
  (242, 149, null, 300, '2016-01-21 11:41+00', 1),
  (243, 150, null, 199, '2017-11-03 11:37+00', 1),
  (244, 150, 199, 150, '2018-01-21 12:06+00', 1),
  (245, 151, null, 106, '2016-07-08 13:37+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (246, 151, 106, 106, '2016-12-05 17:55+00', 1),
  (247, 151, 106, 150, '2017-07-08 19:49+00', 1),
  (248, 152, null, 207, '2016-01-10 11:39+00', 1),
  (249, 152, 207, 202, '2016-10-04 15:34+00', 1),
  (250, 152, 202, 206, '2017-04-29 20:35+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (251, 153, null, 291, '2017-08-14 11:01+00', 1),
  (252, 153, 291, 100, '2017-08-14 11:01+00', 2),
  (253, 153, 100, 106, '2017-08-14 11:01+00', 3),
  (254, 154, null, 201, '2016-06-29 09:57+00', 1),
  (255, 155, null, 199, '2017-03-19 13:48+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (256, 155, 199, 305, '2017-10-06 18:37+00', 1),
  (257, 155, 305, 305, '2017-12-28 22:18+00', 1),
  (258, 156, null, 200, '2017-09-12 15:22+00', 1),
  (259, 156, 200, 207, '2017-09-27 19:31+00', 1),
  (260, 156, 207, 291, '2017-10-22 21:04+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (261, 157, null, 399, '2017-09-30 09:39+00', 1),
  (262, 157, 399, 299, '2018-02-21 12:22+00', 1),
  (263, 158, null, 399, '2016-12-17 09:38+00', 1),
  (264, 159, null, 205, '2016-03-22 15:12+00', 1),
  (265, 160, null, 205, '2016-09-08 11:58+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (266, 161, null, 391, '2016-05-23 15:30+00', 1),
  (267, 161, 391, 399, '2017-01-17 21:06+00', 1),
  (268, 162, null, 104, '2016-01-14 14:58+00', 1),
  (269, 162, 104, 191, '2016-01-14 14:58+00', 2),
  (270, 162, 191, 190, '2016-01-14 14:58+00', 3);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (271, 163, null, 102, '2017-03-17 13:59+00', 1),
  (272, 163, 102, 103, '2017-10-07 17:38+00', 1),
  (273, 163, 103, 100, '2018-04-13 21:51+00', 1),
  (274, 164, null, 207, '2017-02-12 14:54+00', 1),
  (275, 164, 207, 291, '2017-02-21 20:21+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (276, 165, null, 302, '2017-11-18 11:15+00', 1),
  (277, 166, null, 207, '2015-05-29 13:16+00', 1),
  (278, 166, 207, 204, '2016-02-28 16:50+00', 1),
  (279, 166, 204, 206, '2016-11-15 18:37+00', 1),
  (280, 167, null, 304, '2015-12-06 09:22+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (281, 168, null, 106, '2016-06-29 10:07+00', 1),
  (282, 169, null, 107, '2015-11-28 13:50+00', 1),
  (283, 169, 107, 104, '2016-09-22 18:43+00', 1),
  (284, 169, 104, 105, '2016-10-17 00:31+00', 1),
  (285, 170, null, 106, '2016-07-13 12:34+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (286, 170, 106, 290, '2016-11-15 19:12+00', 1),
  (287, 171, null, 304, '2018-02-26 12:39+00', 1),
  (288, 171, 304, 199, '2018-02-26 12:39+00', 2),
  (289, 171, 199, 107, '2018-02-26 12:39+00', 3),
  (290, 172, null, 290, '2016-06-14 10:46+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (291, 173, null, 299, '2015-12-06 10:41+00', 1),
  (292, 173, 299, 301, '2016-01-15 16:12+00', 1),
  (293, 173, 301, 391, '2016-10-21 20:53+00', 1),
  (294, 174, null, 291, '2016-05-29 10:24+00', 1),
  (295, 174, 291, 202, '2016-12-05 16:19+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (296, 174, 202, 200, '2017-04-29 18:01+00', 1),
  (297, 175, null, 191, '2016-10-14 10:48+00', 1),
  (298, 176, null, 305, '2018-01-31 14:27+00', 1),
  (299, 177, null, 191, '2016-04-10 14:12+00', 1),
  (300, 178, null, 102, '2017-01-07 13:33+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (301, 178, 102, 105, '2017-07-21 18:19+00', 1),
  (302, 179, null, 150, '2016-11-24 10:05+00', 1),
  (303, 180, null, 103, '2018-03-07 15:02+00', 1),
  (304, 181, null, 201, '2015-10-28 10:03+00', 1),
  (305, 182, null, 307, '2017-12-01 10:53+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (306, 182, 307, 300, '2018-05-23 14:18+00', 1),
  (307, 182, 300, 302, '2018-07-19 17:17+00', 1),
  (308, 183, null, 190, '2016-03-25 14:56+00', 1),
  (309, 183, 190, 101, '2016-05-08 17:49+00', 1),
  (310, 183, 101, 107, '2016-12-28 22:03+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (311, 184, null, 105, '2017-05-13 15:09+00', 1),
  (312, 184, 105, 199, '2017-06-11 19:01+00', 1),
  (313, 185, null, 190, '2016-05-01 10:00+00', 1),
  (314, 185, 190, 101, '2016-08-21 16:32+00', 1),
  (315, 186, null, 199, '2016-11-24 15:09+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (316, 186, 199, 104, '2017-08-28 15:30+00', 1),
  (317, 187, null, 300, '2015-07-02 13:28+00', 1),
  (318, 188, null, 302, '2016-03-08 12:02+00', 1),
  (319, 188, 302, 304, '2016-07-03 18:04+00', 1),
  (320, 189, null, 301, '2016-07-26 09:21+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (321, 190, null, 101, '2016-01-05 15:21+00', 1),
  (322, 190, 101, 102, '2016-05-20 20:40+00', 1),
  (323, 191, null, 106, '2015-09-27 11:31+00', 1),
  (324, 191, 106, 102, '2016-01-30 14:25+00', 1),
  (325, 191, 102, 199, '2016-08-24 21:05+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (326, 192, null, 206, '2016-09-05 14:28+00', 1),
  (327, 192, 206, 299, '2017-02-04 20:30+00', 1),
  (328, 193, null, 105, '2017-02-03 10:03+00', 1),
  (329, 194, null, 290, '2016-03-08 11:53+00', 1),
  (330, 195, null, 100, '2016-12-16 15:37+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (331, 196, null, 204, '2015-11-29 10:32+00', 1),
  (332, 196, 204, 307, '2015-12-26 13:00+00', 1),
  (333, 196, 307, 206, '2016-09-18 18:29+00', 1),
  (334, 197, null, 300, '2017-03-23 10:24+00', 1),
  (335, 197, 300, 106, '2017-06-12 14:11+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (336, 197, 106, 399, '2018-02-17 15:02+00', 1),
  (337, 198, null, 299, '2015-09-12 13:56+00', 1),
  (338, 199, null, 190, '2016-04-27 11:10+00', 1),
  (339, 199, 190, 150, '2017-01-30 16:01+00', 1),
  (340, 199, 150, 103, '2017-04-05 20:43+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (341, 200, null, 201, '2016-01-22 12:56+00', 1),
  (342, 201, null, 201, '2017-05-12 12:52+00', 1),
  (343, 201, 201, 201, '2017-11-23 15:53+00', 1),
  (344, 201, 201, 203, '2018-09-07 17:34+00', 1),
  (345, 202, null, 107, '2017-09-09 12:36+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (346, 203, null, 103, '2017-08-16 14:41+00', 1),
  (347, 204, null, 100, '2015-05-13 13:51+00', 1),
  (348, 205, null, 106, '2015-09-04 12:31+00', 1),
  (349, 205, 106, 150, '2016-01-05 12:42+00', 1),
  (350, 206, null, 103, '2017-04-30 10:23+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (351, 207, null, 306, '2016-09-04 14:43+00', 1),
  (352, 208, null, 199, '2017-05-02 14:46+00', 1),
  (353, 209, null, 207, '2016-11-02 15:27+00', 1),
  (354, 210, null, 301, '2015-10-19 09:59+00', 1),
  (355, 211, null, 206, '2016-01-18 13:14+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (356, 212, null, 204, '2016-10-13 10:06+00', 1),
  (357, 212, 204, 200, '2016-12-25 14:47+00', 1),
  (358, 212, 200, 204, '2017-01-08 19:15+00', 1),
  (359, 213, null, 150, '2017-03-09 10:41+00', 1),
  (360, 214, null, 307, '2016-07-20 10:30+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (361, 214, 307, 300, '2016-12-13 15:59+00', 1),
  (362, 215, null, 203, '2017-11-19 09:05+00', 1),
  (363, 216, null, 290, '2017-06-29 14:06+00', 1),
  (364, 217, null, 107, '2017-04-05 14:35+00', 1),
  (365, 217, 107, 105, '2017-04-22 16:17+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (366, 217, 105, 102, '2017-05-21 18:17+00', 1),
  (367, 218, null, 307, '2017-04-22 14:33+00', 1),
  (368, 219, null, 300, '2015-04-16 09:57+00', 1),
  (369, 220, null, 104, '2015-10-03 14:18+00', 1),
  (370, 220, 104, 104, '2016-02-14 16:03+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (371, 221, null, 202, '2016-12-19 09:29+00', 1),
  (372, 221, 202, 201, '2017-05-18 15:37+00', 1),
  (373, 221, 201, 299, '2017-09-07 18:38+00', 1),
  (374, 222, null, 190, '2015-12-07 14:05+00', 1),
  (375, 222, 190, 101, '2016-05-06 19:20+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (376, 223, null, 206, '2017-03-02 09:19+00', 1),
  (377, 223, 206, 203, '2017-03-07 12:35+00', 1),
  (378, 224, null, 201, '2018-01-08 09:29+00', 1),
  (379, 225, null, 101, '2015-06-10 14:14+00', 1),
  (380, 226, null, 307, '2017-10-13 11:53+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (381, 227, null, 205, '2016-09-12 13:36+00', 1),
  (382, 227, 205, 204, '2017-06-04 15:55+00', 1),
  (383, 228, null, 199, '2017-11-13 11:05+00', 1),
  (384, 229, null, 102, '2016-11-01 11:10+00', 1),
  (385, 230, null, 206, '2017-05-20 10:12+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (386, 230, 206, 201, '2018-01-10 11:25+00', 1),
  (387, 231, null, 203, '2017-08-21 13:27+00', 1),
  (388, 231, 203, 207, '2018-05-06 17:52+00', 1),
  (389, 232, null, 191, '2015-11-09 13:00+00', 1),
  (390, 233, null, 103, '2016-04-04 15:08+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (391, 233, 103, 106, '2016-05-18 21:37+00', 1),
  (392, 233, 106, 105, '2016-06-29 02:13+00', 1),
  (393, 234, null, 307, '2016-08-19 12:56+00', 1),
  (394, 234, 307, 307, '2016-08-19 12:56+00', 2),
  (395, 234, 307, 300, '2016-08-19 12:56+00', 3);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (396, 235, null, 307, '2016-01-05 14:08+00', 1),
  (397, 235, 307, 300, '2016-05-05 20:37+00', 1),
  (398, 236, null, 202, '2017-08-05 09:16+00', 1),
  (399, 237, null, 391, '2016-12-07 13:51+00', 1),
  (400, 237, 391, 300, '2017-07-21 17:51+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (401, 238, null, 306, '2017-04-25 10:32+00', 1),
  (402, 238, 306, 301, '2017-11-07 16:02+00', 1),
  (403, 238, 301, 305, '2018-06-16 21:42+00', 1),
  (404, 239, null, 104, '2016-08-07 12:48+00', 1),
  (405, 240, null, 304, '2015-12-14 12:42+00', 1);
insert into movement (id, object_id, from_location_id, to_location_id, moved_at, seq) values
  (406, 240, 304, 300, '2016-06-02 13:06+00', 1),
  (407, 240, 300, 300, '2017-03-09 18:53+00', 1);
insert into exhibition (id, museum_id, title, opens_on, closes_on) values
  (1, 2, 'Under the sea', '2015-03-21', '2015-07-11'),
  (2, 3, 'Under the sea', '2015-05-24', '2015-10-07'),
  (3, 1, 'Light', '2015-07-09', '2015-10-04');
insert into exhibition (id, museum_id, title, opens_on, closes_on) values
  (4, 2, 'Salt', '2015-09-10', '2015-09-10'),
  (5, 3, 'Light', '2015-11-03', '2016-01-14'),
  (6, 1, 'Work', '2016-01-23', null);
insert into exhibition (id, museum_id, title, opens_on, closes_on) values
  (7, 2, 'Salt', '2016-03-17', '2016-07-11'),
  (8, 3, 'Light', '2016-05-04', '2016-06-03'),
  (9, 1, 'Light', '2016-07-01', '2016-07-01');
insert into exhibition (id, museum_id, title, opens_on, closes_on) values
  (10, 2, 'Under the sea', '2016-08-31', '2017-01-09'),
  (11, 3, 'Work', '2016-10-28', '2017-03-01'),
  (12, 1, 'Light', '2017-01-18', '2017-02-09');
insert into exhibition (id, museum_id, title, opens_on, closes_on) values
  (13, 2, 'Light', '2017-02-23', '2017-04-19'),
  (14, 3, 'Salt', '2017-05-10', '2017-07-03'),
  (15, 1, 'Work', '2017-07-14', '2017-10-18');
insert into exhibition (id, museum_id, title, opens_on, closes_on) values
  (16, 2, 'Work', '2017-08-29', '2018-01-24'),
  (17, 3, 'Work', '2017-11-02', null),
  (18, 1, 'Work', '2018-01-11', '2018-03-12');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (8, 1, '2015-08-05', '2015-11-14'),
  (11, 1, '2015-11-25', '2016-03-06'),
  (8, 3, '2015-07-03', '2015-10-22'),
  (7, 3, '2015-10-22', '2015-11-29');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (18, 5, '2015-06-24', '2015-08-23'),
  (10, 7, '2015-06-24', '2015-08-14'),
  (9, 9, '2015-06-18', '2015-06-22'),
  (10, 9, '2015-08-16', '2015-09-28');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (10, 9, '2015-09-28', '2015-11-11'),
  (18, 11, '2015-09-11', '2015-11-16'),
  (18, 11, '2016-01-19', null),
  (5, 13, '2015-06-30', '2015-09-17');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (11, 13, '2015-10-30', '2015-12-18'),
  (10, 15, '2015-07-05', '2015-09-24'),
  (2, 17, '2015-03-18', '2015-03-24'),
  (11, 19, '2015-07-15', '2015-10-27');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (13, 19, '2015-12-14', null),
  (4, 21, '2015-08-22', '2015-12-06'),
  (13, 21, '2016-02-27', '2016-05-02'),
  (18, 21, '2016-05-27', null);
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (13, 23, '2015-06-08', '2015-09-01'),
  (11, 25, '2015-03-23', '2015-07-21'),
  (5, 27, '2015-03-25', '2015-04-06'),
  (14, 29, '2015-07-09', '2015-07-15');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (11, 29, '2015-07-15', null),
  (14, 31, '2015-08-27', '2015-11-26'),
  (18, 33, '2015-08-20', '2015-08-28'),
  (4, 35, '2015-04-25', '2015-08-16');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (13, 35, '2015-08-16', '2015-09-14'),
  (18, 37, '2015-08-19', '2015-12-04'),
  (6, 39, '2015-06-29', '2015-07-30'),
  (18, 39, '2015-07-30', '2015-08-08');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (8, 41, '2015-08-27', '2015-08-28'),
  (6, 43, '2015-07-31', '2015-09-25'),
  (10, 45, '2015-05-11', '2015-09-08'),
  (18, 45, '2015-11-09', '2015-11-27');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (16, 47, '2015-05-03', null),
  (8, 49, '2015-06-26', '2015-07-30'),
  (18, 49, '2015-07-30', '2015-10-11'),
  (3, 49, '2015-11-04', '2015-11-29');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (1, 51, '2015-05-31', '2015-08-08'),
  (5, 53, '2015-09-12', '2015-09-18'),
  (17, 53, '2015-09-18', '2015-09-25'),
  (18, 55, '2015-09-16', null);
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (2, 57, '2015-06-24', '2015-08-05'),
  (3, 57, '2015-09-28', '2015-10-25'),
  (5, 57, '2015-12-28', '2016-01-11'),
  (18, 59, '2015-05-17', null);
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (11, 61, '2015-03-13', '2015-05-12'),
  (18, 61, '2015-05-12', null),
  (10, 63, '2015-06-11', '2015-07-21'),
  (14, 65, '2015-09-17', '2015-12-29');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (18, 65, '2015-12-29', '2016-02-20'),
  (14, 67, '2015-08-18', null),
  (12, 69, '2015-06-02', '2015-08-05'),
  (10, 69, '2015-08-05', '2015-08-27');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (18, 69, '2015-10-22', '2016-01-02'),
  (11, 71, '2015-07-22', '2015-08-21'),
  (12, 71, '2015-08-21', '2015-10-14'),
  (1, 73, '2015-08-27', '2015-10-05');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (1, 75, '2015-04-28', '2015-07-12'),
  (13, 75, '2015-09-15', '2015-12-08'),
  (16, 75, '2015-12-08', '2015-12-25'),
  (13, 77, '2015-04-21', '2015-07-20');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (13, 77, '2015-09-28', '2015-10-14'),
  (13, 77, '2015-10-14', null),
  (15, 79, '2015-07-04', '2015-08-04'),
  (15, 79, '2015-09-30', '2015-11-17');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (5, 81, '2015-03-21', '2015-07-10'),
  (2, 83, '2015-03-20', null),
  (13, 85, '2015-05-02', '2015-06-11'),
  (16, 87, '2015-03-10', '2015-05-19');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (6, 87, '2015-06-21', '2015-09-07'),
  (6, 87, '2015-09-24', '2015-11-22'),
  (15, 89, '2015-05-02', '2015-08-21'),
  (3, 91, '2015-06-10', null);
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (10, 93, '2015-07-29', '2015-09-04'),
  (9, 95, '2015-05-31', '2015-07-19'),
  (13, 97, '2015-06-27', '2015-07-11'),
  (2, 99, '2015-05-07', '2015-07-06');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (3, 101, '2015-08-20', null),
  (1, 103, '2015-05-31', '2015-07-02'),
  (11, 103, '2015-08-14', null),
  (16, 105, '2015-03-12', '2015-04-21');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (11, 107, '2015-03-11', '2015-05-03'),
  (10, 107, '2015-07-25', '2015-09-24'),
  (1, 109, '2015-04-12', '2015-05-14'),
  (10, 111, '2015-05-28', '2015-07-03');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (7, 113, '2015-06-04', '2015-09-27'),
  (3, 115, '2015-03-26', null),
  (12, 117, '2015-03-07', '2015-04-17'),
  (14, 119, '2015-07-01', '2015-07-09');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (17, 121, '2015-04-25', null),
  (11, 123, '2015-09-12', null),
  (7, 125, '2015-09-10', '2015-10-27'),
  (11, 125, '2016-01-24', null);
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (4, 127, '2015-04-17', '2015-04-28'),
  (10, 129, '2015-06-15', null),
  (8, 131, '2015-03-27', '2015-07-19'),
  (11, 131, '2015-07-19', '2015-11-11');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (12, 133, '2015-07-20', '2015-08-07'),
  (5, 133, '2015-08-07', null),
  (7, 135, '2015-06-09', '2015-10-04'),
  (15, 135, '2015-10-30', '2015-11-23');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (2, 135, '2015-12-05', '2015-12-17'),
  (10, 137, '2015-08-21', '2015-09-02'),
  (3, 139, '2015-08-17', '2015-09-25'),
  (11, 141, '2015-08-15', '2015-12-12');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (15, 143, '2015-09-14', '2015-12-20'),
  (9, 145, '2015-06-14', null),
  (15, 147, '2015-08-27', '2015-12-18'),
  (12, 147, '2016-03-09', '2016-04-10');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (17, 147, '2016-07-01', '2016-08-21'),
  (18, 149, '2015-05-23', '2015-08-21'),
  (8, 149, '2015-08-21', '2015-11-29'),
  (2, 151, '2015-03-30', '2015-04-28');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (18, 151, '2015-06-24', null),
  (15, 153, '2015-04-23', '2015-05-10'),
  (9, 153, '2015-05-10', '2015-08-12'),
  (18, 153, '2015-08-12', '2015-09-17');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (14, 155, '2015-05-25', '2015-07-02'),
  (6, 155, '2015-07-02', '2015-08-28'),
  (6, 155, '2015-10-07', '2016-01-03'),
  (5, 157, '2015-03-31', '2015-07-22');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (18, 157, '2015-07-22', null),
  (1, 159, '2015-07-06', '2015-08-28'),
  (13, 161, '2015-05-15', null),
  (15, 163, '2015-06-01', '2015-07-06');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (15, 165, '2015-05-10', '2015-05-26'),
  (12, 165, '2015-05-26', '2015-08-05'),
  (11, 167, '2015-03-14', '2015-03-26'),
  (5, 167, '2015-03-26', '2015-04-02');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (5, 169, '2015-05-20', '2015-07-05'),
  (9, 171, '2015-04-23', '2015-06-23'),
  (1, 171, '2015-06-23', '2015-09-10'),
  (15, 171, '2015-09-10', '2015-11-15');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (3, 173, '2015-04-25', '2015-07-11'),
  (11, 173, '2015-07-11', '2015-07-12'),
  (6, 173, '2015-07-12', '2015-09-18'),
  (1, 175, '2015-04-24', null);
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (11, 177, '2015-07-09', null),
  (10, 179, '2015-05-22', null),
  (13, 181, '2015-05-01', '2015-06-10'),
  (13, 183, '2015-04-01', '2015-06-01');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (4, 185, '2015-08-30', '2015-12-02'),
  (4, 187, '2015-04-25', '2015-08-22'),
  (6, 189, '2015-04-28', '2015-06-23'),
  (13, 189, '2015-06-23', '2015-09-29');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (2, 189, '2015-12-10', '2016-03-02'),
  (15, 191, '2015-07-21', '2015-10-20'),
  (15, 193, '2015-04-30', '2015-06-20'),
  (18, 195, '2015-06-15', '2015-06-29');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (9, 197, '2015-08-20', '2015-09-19'),
  (14, 197, '2015-09-19', '2016-01-08'),
  (16, 197, '2016-01-08', '2016-04-13'),
  (2, 199, '2015-07-16', '2015-09-05');
insert into exhibition_object (exhibition_id, object_id, installed_on, removed_on) values
  (3, 2, '2016-01-01', '2016-02-01'),
  (3, 2, '2016-02-10', '2016-03-01'),
  (5, 4, '2016-01-01', '2016-02-01'),
  (5, 4, '2016-02-01', '2016-03-01');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (1, 2, 3, 'L1', 'out', '2016-02-10', '2016-04-17', '2016-06-10'),
  (2, 3, 2, 'L1', 'out', '2016-03-21', '2016-05-16', '2016-05-08'),
  (3, 1, 4, 'L1', 'in', '2016-04-30', '2016-08-16', '2016-08-24');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (4, 2, 2, 'L1', 'in', '2016-06-09', '2017-02-26', '2017-03-16'),
  (5, 3, 2, 'L1', 'in', '2016-07-19', '2016-12-03', '2016-06-16'),
  (6, 1, 3, 'L1', 'out', '2016-08-28', '2017-01-30', '2017-03-17');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (7, 2, 5, 'L2', 'out', '2016-10-07', '2016-12-15', '2016-12-31'),
  (8, 3, 6, 'L2', 'out', '2016-11-16', '2017-06-20', '2017-07-20'),
  (9, 1, 5, 'L2', 'in', '2016-12-26', '2017-03-25', '2017-04-14');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (10, 2, 3, 'L2', 'in', '2017-02-04', '2017-10-29', '2017-10-22'),
  (11, 3, 5, 'L2', 'in', '2017-03-16', '2017-11-08', '2017-11-21'),
  (12, 1, 5, 'L2', 'out', '2017-04-25', '2017-11-21', '2017-11-02');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (13, 2, 4, 'L3', 'out', '2017-06-04', '2018-01-27', '2017-05-29'),
  (14, 3, 3, 'L3', 'out', '2017-07-14', '2018-02-04', '2017-06-18'),
  (15, 1, 3, 'L3', 'in', '2017-08-23', '2017-09-05', '2017-10-11');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (16, 2, 4, 'L3', 'in', '2017-10-02', '2018-05-26', '2018-05-27'),
  (17, 3, 6, 'L3', 'in', '2017-11-11', '2018-05-19', '2018-06-14'),
  (18, 1, 5, 'L3', 'out', '2017-12-21', '2018-05-15', '2018-06-16');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (19, 2, 6, 'L4', 'out', '2018-01-30', '2018-11-10', '2018-12-13'),
  (20, 3, 4, 'L4', 'out', '2018-03-11', '2018-08-14', '2018-07-26'),
  (21, 1, 1, 'L4', 'in', '2018-04-20', '2018-08-02', '2018-09-15');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (22, 2, 4, 'L4', 'in', '2018-05-30', '2019-02-15', '2019-04-07'),
  (23, 3, 3, 'L4', 'in', '2018-07-09', '2018-08-20', '2018-09-29'),
  (24, 1, 5, 'L4', 'out', '2018-08-18', '2019-04-02', '2019-05-09');
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (25, 2, 1, 'L5', 'out', '2018-09-27', '2019-07-01', null),
  (26, 3, 1, 'L5', 'out', '2018-11-06', '2019-01-11', null),
  (27, 1, 1, 'L5', 'in', '2018-12-16', '2019-01-05', null);
insert into loan (id, museum_id, institution_id, number, direction, starts_on, due_on, ended_on) values
  (28, 2, 4, 'L5', 'in', '2019-01-25', '2019-11-20', null),
  (29, 3, 6, 'L5', 'in', '2019-03-06', '2019-09-23', null),
  (30, 1, 6, 'L5', 'out', '2019-04-15', '2019-04-29', null);
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (1, 48, 12.345, 'KWD'),
  (1, 76, 450000000, 'EUR'),
  (2, 76, 35000, 'USD'),
  (2, 118, 35000, 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (2, 129, 35000, 'DEM'),
  (3, 62, 12.345, 'NLG'),
  (3, 84, 12.345, 'EUR'),
  (3, 190, 0, 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (3, 228, '123456789012.75', 'KWD'),
  (4, 28, 12.345, 'USD'),
  (4, 64, 99.5, 'GBP'),
  (4, 149, 99.5, 'NLG');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (4, 187, 12.345, 'EUR'),
  (5, 88, 99.5, 'GBP'),
  (5, 108, 35000, 'NLG'),
  (5, 131, 35000, 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (6, 98, 450000000, 'USD'),
  (6, 146, 450000000, 'DEM'),
  (6, 235, 0, 'USD'),
  (7, 64, 35000, 'EUR');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (7, 86, 1200, 'EUR'),
  (7, 139, 1200, 'EUR'),
  (7, 143, 1200, 'KWD'),
  (7, 159, 35000, 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (7, 172, '123456789012.75', 'DEM'),
  (7, 203, '123456789012.75', 'DEM'),
  (8, 183, 1200, 'GBP'),
  (8, 205, 0, 'DEM');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (9, 159, 35000, 'NLG'),
  (10, 42, 99.5, 'EUR'),
  (10, 52, 1200, 'NLG'),
  (11, 104, '123456789012.75', 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (11, 109, 0, 'EUR'),
  (11, 140, 99.5, 'KWD'),
  (11, 234, 12.345, 'GBP'),
  (12, 133, '123456789012.75', 'NLG');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (13, 21, '123456789012.75', 'KWD'),
  (13, 81, 99.5, 'GBP'),
  (13, 155, 450000000, 'NLG'),
  (13, 185, 99.5, 'EUR');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (14, 4, 1200, 'EUR'),
  (14, 44, 1200, 'GBP'),
  (14, 50, 0, 'DEM'),
  (14, 85, '123456789012.75', 'KWD');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (14, 93, 99.5, 'NLG'),
  (14, 153, 450000000, 'USD'),
  (14, 204, 99.5, 'USD'),
  (14, 236, 450000000, 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (15, 169, '123456789012.75', 'DEM'),
  (15, 211, 35000, 'DEM'),
  (17, 13, 35000, 'USD'),
  (17, 89, '123456789012.75', 'DEM');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (18, 10, 12.345, 'USD'),
  (18, 114, 450000000, 'GBP'),
  (18, 193, 0, 'USD'),
  (18, 230, 99.5, 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (19, 38, 99.5, 'NLG'),
  (19, 188, 35000, 'USD'),
  (20, 47, 35000, 'EUR'),
  (20, 86, '123456789012.75', 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (20, 196, 12.345, 'GBP'),
  (20, 213, 35000, 'EUR'),
  (21, 16, '123456789012.75', 'EUR'),
  (22, 86, 1200, 'NLG');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (22, 127, 35000, 'KWD'),
  (24, 49, 0, 'GBP'),
  (24, 240, 1200, 'EUR'),
  (25, 18, 1200, 'NLG');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (25, 27, '123456789012.75', 'KWD'),
  (26, 4, 99.5, 'KWD'),
  (27, 63, 12.345, 'EUR'),
  (27, 230, 99.5, 'KWD');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (28, 189, 35000, 'DEM'),
  (28, 229, '123456789012.75', 'KWD'),
  (28, 240, 12.345, 'EUR'),
  (29, 3, 35000, 'GBP');
insert into loan_object (loan_id, object_id, insured_value, currency) values
  (29, 237, 99.5, 'NLG'),
  (30, 10, 450000000, 'DEM'),
  (30, 103, 0, 'GBP');
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (1, 153, 450000000, 'USD', false, '2011-01-13', null),
  (2, 231, 450000000, 'NLG', false, '1994-04-20', null),
  (3, 75, 450000000, 'USD', false, '1990-06-09', 60),
  (4, 84, 450000000, 'EUR', false, '2022-08-17', 59);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (5, 4, 1200, 'GBP', false, '2017-05-13', 60),
  (6, 164, '123456789012.75', 'DEM', false, '1996-01-17', 49),
  (7, 9, '123456789012.75', 'KWD', false, '2006-01-30', null),
  (8, 111, '123456789012.75', 'NLG', false, '2007-07-23', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (9, 198, 35000, 'NLG', false, '1996-04-22', 51),
  (10, 238, 450000000, 'EUR', false, '2009-08-27', null),
  (11, 135, 0, 'EUR', false, '2020-02-06', 47),
  (12, 137, 12.345, 'EUR', false, '1995-04-22', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (13, 100, 450000000, 'KWD', false, '2007-04-05', null),
  (14, 31, null, null, true, '1991-03-24', null),
  (15, 88, '123456789012.75', 'NLG', false, '2011-01-22', 47),
  (16, 234, 35000, 'DEM', false, '2020-05-10', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (17, 179, 1200, 'GBP', false, '2005-11-10', 56),
  (18, 149, 1200, 'DEM', false, '2007-05-16', null),
  (19, 168, '123456789012.75', 'NLG', false, '2009-04-17', 51),
  (20, 195, 12.345, 'EUR', false, '1996-09-06', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (21, 4, 450000000, 'USD', false, '1991-03-27', 46),
  (22, 222, null, null, true, '1990-10-11', null),
  (23, 210, 450000000, 'DEM', false, '2006-10-14', 48),
  (24, 29, 0, 'EUR', false, '1998-07-24', 49);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (25, 117, 450000000, 'NLG', false, '1991-12-27', 51),
  (26, 213, 450000000, 'NLG', false, '2000-05-19', null),
  (27, 36, 1200, 'EUR', false, '2005-07-05', 51),
  (28, 179, null, null, true, '1991-10-16', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (29, 122, 1200, 'USD', false, '2000-02-20', 54),
  (30, 208, '123456789012.75', 'KWD', false, '2010-12-22', 51),
  (31, 208, 500, 'GBP', false, '2010-12-22', 51),
  (32, 189, 12.345, 'EUR', false, '2010-08-03', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (33, 151, 0, 'EUR', false, '1991-06-25', 60),
  (34, 54, 99.5, 'EUR', false, '2022-08-26', null),
  (35, 62, 99.5, 'KWD', false, '2012-09-03', null),
  (36, 6, 12.345, 'EUR', false, '2005-09-02', 50);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (37, 192, 1200, 'GBP', false, '1993-09-22', 52),
  (38, 125, null, null, true, '2014-11-10', 51),
  (39, 183, 0, 'USD', false, '2003-08-24', 50),
  (40, 231, 1200, 'GBP', false, '1991-12-26', 49);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (41, 115, 99.5, 'NLG', false, '2000-12-27', 50),
  (42, 186, 450000000, 'KWD', false, '2000-03-07', 48),
  (43, 224, 35000, 'GBP', false, '2007-05-07', 54),
  (44, 145, 99.5, 'GBP', false, '2009-11-03', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (45, 134, 35000, 'NLG', false, '2012-02-04', null),
  (46, 30, 35000, 'USD', false, '1993-06-19', 59),
  (47, 68, 0, 'EUR', false, '2018-06-01', 50),
  (48, 33, '123456789012.75', 'GBP', false, '1990-11-18', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (49, 206, 35000, 'GBP', false, '1996-07-28', 56),
  (50, 152, null, null, true, '2001-03-01', null),
  (51, 27, '123456789012.75', 'KWD', false, '1990-02-12', 46),
  (52, 146, 0, 'NLG', false, '2020-12-23', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (53, 31, 1200, 'KWD', false, '1995-02-23', null),
  (54, 74, 99.5, 'USD', false, '2016-09-30', 50),
  (55, 239, 0, 'EUR', false, '2012-07-06', 56),
  (56, 158, 12.345, 'NLG', false, '2009-12-31', 55);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (57, 84, '123456789012.75', 'EUR', false, '2014-04-04', null),
  (58, 55, 99.5, 'USD', false, '1998-04-06', null),
  (59, 192, 1200, 'DEM', false, '2016-05-21', 54),
  (60, 136, 450000000, 'USD', false, '2010-10-24', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (61, 136, 500, 'GBP', false, '2010-10-24', null),
  (62, 177, 35000, 'NLG', false, '2009-08-15', null),
  (63, 107, 12.345, 'NLG', false, '2006-05-01', 55),
  (64, 67, 1200, 'NLG', false, '1995-06-08', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (65, 166, 12.345, 'KWD', false, '2006-08-03', null),
  (66, 169, null, null, true, '1997-02-03', null),
  (67, 50, 1200, 'EUR', false, '2020-05-04', 55),
  (68, 53, 0, 'EUR', false, '2008-11-19', 47);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (69, 227, 450000000, 'DEM', false, '1998-09-20', null),
  (70, 10, 450000000, 'NLG', false, '2014-06-11', 57),
  (71, 197, 1200, 'KWD', false, '2014-05-25', 46),
  (72, 169, 35000, 'USD', false, '1995-12-02', 58);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (73, 134, 1200, 'DEM', false, '2015-10-29', 51),
  (74, 182, 99.5, 'GBP', false, '1990-05-20', 47),
  (75, 191, '123456789012.75', 'DEM', false, '1990-11-23', null),
  (76, 83, 450000000, 'EUR', false, '2010-02-06', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (77, 163, '123456789012.75', 'NLG', false, '2003-10-25', null),
  (78, 240, '123456789012.75', 'EUR', false, '2003-02-04', null),
  (79, 219, 450000000, 'DEM', false, '1991-04-06', 53),
  (80, 120, null, null, true, '2002-09-07', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (81, 171, 12.345, 'NLG', false, '2006-07-22', 59),
  (82, 167, 12.345, 'KWD', false, '2012-03-08', null),
  (83, 177, null, null, true, '1992-03-22', null),
  (84, 69, 35000, 'NLG', false, '2017-05-24', 46);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (85, 17, 12.345, 'GBP', false, '1998-09-16', 59),
  (86, 25, 0, 'NLG', false, '2017-05-19', 47),
  (87, 115, 0, 'GBP', false, '2015-04-11', null),
  (88, 221, 35000, 'GBP', false, '1990-02-09', 52);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (89, 52, 35000, 'KWD', false, '2015-04-14', null),
  (90, 65, 12.345, 'USD', false, '1993-01-13', null),
  (91, 143, '123456789012.75', 'DEM', false, '2016-01-05', 47),
  (92, 190, 35000, 'USD', false, '2009-07-11', 50);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (93, 69, 12.345, 'EUR', false, '2016-11-26', 58),
  (94, 85, 450000000, 'EUR', false, '2017-10-16', null),
  (95, 227, 99.5, 'KWD', false, '1999-02-07', 50),
  (96, 166, 1200, 'DEM', false, '1999-07-03', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (97, 62, 99.5, 'USD', false, '2002-10-11', null),
  (98, 81, 99.5, 'KWD', false, '2007-07-10', 48),
  (99, 113, '123456789012.75', 'DEM', false, '2012-02-27', null),
  (100, 83, null, null, true, '2018-01-10', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (101, 156, 99.5, 'GBP', false, '1992-12-22', null),
  (102, 93, 0, 'KWD', false, '1997-07-01', null),
  (103, 53, 35000, 'NLG', false, '2002-10-16', 52),
  (104, 69, 35000, 'EUR', false, '1997-01-27', 57);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (105, 178, 35000, 'GBP', false, '2018-03-02', null),
  (106, 204, 450000000, 'EUR', false, '1999-07-22', 50),
  (107, 161, 99.5, 'DEM', false, '2005-12-10', null),
  (108, 112, 1200, 'DEM', false, '2001-09-24', 60);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (109, 96, 0, 'DEM', false, '2018-12-26', 51),
  (110, 150, '123456789012.75', 'DEM', false, '2005-02-21', null),
  (111, 235, 0, 'KWD', false, '2012-03-15', null),
  (112, 215, null, null, true, '2017-01-03', 60);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (113, 198, '123456789012.75', 'GBP', false, '2000-10-31', 60),
  (114, 218, 35000, 'NLG', false, '2001-04-20', null),
  (115, 49, 450000000, 'NLG', false, '2005-01-24', 46),
  (116, 50, 1200, 'GBP', false, '2020-11-15', null);
insert into valuation (id, object_id, amount, currency, priceless, valued_on, valued_by) values
  (117, 39, 0, 'EUR', false, '2001-01-02', 52),
  (118, 107, 12.345, 'GBP', false, '2019-03-08', 59),
  (119, 176, 12.345, 'DEM', false, '2012-10-05', null),
  (120, 212, '123456789012.75', 'KWD', false, '1994-10-07', null);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (1, 4, 50, '2019-09-14', '2019-09-17', 1200),
  (2, 21, 55, '2013-06-22', '2013-06-25', 1200),
  (3, 17, 59, '2012-05-15', '2012-06-24', 1200),
  (4, 5, 57, '2018-04-06', null, 85.5);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (5, 25, 48, '2016-03-28', '2016-05-07', null),
  (6, 10, 52, '2012-04-21', null, 1200),
  (7, 1, 52, '2016-03-09', '2016-04-18', 85.5),
  (8, 7, 46, '2013-05-19', null, 85.5);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (9, 12, 57, '2012-10-15', null, 85.5),
  (10, 14, 53, '2018-11-22', '2018-11-22', null),
  (11, 8, 46, '2015-12-20', null, 1200),
  (12, 10, 50, '2016-07-27', '2016-07-30', null);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (13, 7, 49, '2019-02-17', '2019-02-20', 85.5),
  (14, 20, 59, '2020-10-18', '2020-10-18', 85.5),
  (15, 6, 50, '2011-02-19', '2011-03-31', 85.5),
  (16, 6, 57, null, null, 0);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (17, 23, 60, '2013-08-29', '2013-08-29', null),
  (18, 20, 57, '2014-02-02', '2014-02-05', 1200),
  (19, 8, 49, '2013-12-15', '2013-12-15', 85.5),
  (20, 12, 49, '2018-06-05', '2018-06-05', 1200);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (21, 11, 54, '2016-02-17', '2016-02-20', 85.5),
  (22, 2, 58, '2012-09-14', '2013-04-02', null),
  (23, 6, 53, '2017-03-11', '2017-04-20', 0),
  (24, 16, 54, '2018-10-29', '2018-11-01', 85.5);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (25, 17, 54, '2015-07-06', '2015-07-06', 85.5),
  (26, 7, 56, '2019-12-01', '2019-12-04', null),
  (27, 12, 59, '2018-05-29', '2018-05-29', 1200),
  (28, 20, 47, null, null, 1200);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (29, 20, 53, '2020-02-06', null, 0),
  (30, 10, 55, '2011-08-06', '2011-09-15', null),
  (31, 10, 58, null, null, 85.5),
  (32, 25, 50, '2014-05-25', null, 1200);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (33, 1, 47, '2016-12-21', '2016-12-24', 0),
  (34, 22, 59, '2013-03-01', '2013-04-10', 1200),
  (35, 6, 52, null, null, 85.5),
  (36, 16, 59, '2015-10-02', '2016-04-19', 85.5);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (37, 9, 59, '2012-12-18', '2013-01-27', 85.5),
  (38, 25, 53, null, null, null),
  (39, 23, 59, '2013-07-05', '2013-08-14', 1200),
  (40, 20, 53, '2017-01-28', '2017-01-31', 1200);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (41, 15, 47, '2019-06-11', '2019-07-21', 0),
  (42, 7, 46, '2014-09-09', '2014-09-09', 85.5),
  (43, 6, 47, '2017-12-05', '2017-12-05', 1200),
  (44, 3, 59, '2019-01-16', '2019-08-04', 85.5);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (45, 14, 46, null, null, 85.5),
  (46, 21, 46, '2016-04-09', '2016-04-09', 0),
  (47, 8, 56, '2020-05-16', '2020-12-02', null),
  (48, 15, 58, '2011-02-28', '2011-03-03', 0);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (49, 8, 47, '2019-11-22', '2020-06-09', 1200),
  (50, 14, 53, '2015-12-26', '2015-12-26', 1200),
  (51, 12, 60, '2018-06-25', '2018-08-04', null),
  (52, 14, 57, '2010-02-01', '2010-02-01', 1200);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (53, 1, 49, '2016-08-22', '2016-08-22', null),
  (54, 7, 55, '2019-12-09', '2019-12-12', 1200),
  (55, 8, 50, '2011-11-29', '2012-06-16', null),
  (56, 7, 53, '2016-08-25', null, 85.5);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (57, 12, 53, '2010-10-21', '2011-05-09', 85.5),
  (58, 17, 47, '2019-08-19', '2019-08-19', 0),
  (59, 2, 50, '2017-03-04', '2017-09-20', 0),
  (60, 9, 56, '2016-06-11', null, 1200);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (61, 13, 60, '2012-07-05', null, 0),
  (62, 8, 49, '2015-06-03', '2015-12-20', 0),
  (63, 25, 56, '2018-08-22', '2018-08-25', 85.5),
  (64, 2, 60, '2019-12-22', '2020-07-09', null);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (65, 3, 51, '2010-03-19', '2010-03-19', null),
  (66, 5, 54, '2015-06-16', '2016-01-02', 1200),
  (67, 4, 46, '2020-12-11', '2020-12-14', null),
  (68, 19, 49, null, null, 0);
insert into treatment (id, object_id, conservator_id, started_on, ended_on, cost) values
  (69, 18, 54, '2019-04-25', '2019-11-11', 85.5),
  (70, 21, 49, '2014-07-04', null, 85.5);
insert into photograph (id, object_id, file_name, position, sha256) values
  (1, 3, 'IMG_0001.jpg', 1, '598066d9286028b77fb261d6d29e6c533a413d716b9c4ce8cd73d1d4bbab518d'),
  (2, 4, 'IMG_0002.jpg', 1, '69628965ef36dd3b4adab889ccd7ae3881ebb6726391a2e16ed42b7b5e7831e7'),
  (3, 5, 'IMG_0003.jpg', 1, '8c95817c2aafdab6ac7523006e262ea85a1bd412d9d047862d2309dc7c51c2ca'),
  (4, 5, 'IMG_0004.jpg', 2, 'd1920351a2ba957b0619b611483732f66bf46feab0a8e39a4d0a6e14bc9c988f');
insert into photograph (id, object_id, file_name, position, sha256) values
  (5, 7, 'IMG_0005.jpg', 1, '790af8015982a27b7a1a9dc0bfdde0daabbc2bf0d7741da28265bb24881ba7ed'),
  (6, 8, 'IMG_0006.jpg', 1, 'f1cf7ea67cb1c021ed65d3b10224ad5c3dcf8e586c1dc4d21f43533ffa587023'),
  (7, 8, 'IMG_0007.jpg', 2, 'e2cb895a25c8bb41c350aeb0cc8dd98223d56d50d0cfe679fb95db38af04ced8'),
  (8, 9, 'IMG_0008.jpg', 1, '43d641214b0050cb2dc0393a5b2805d98df19e3b0a0fcc869f332958171f3595');
insert into photograph (id, object_id, file_name, position, sha256) values
  (9, 10, 'IMG_0009.jpg', 1, '43d641214b0050cb2dc0393a5b2805d98df19e3b0a0fcc869f332958171f3595'),
  (10, 11, 'IMG_0010.jpg', 1, '243373fc12e9e3896d71f30819adf8cc4c0d58c20ea69c0eeb74505c334b4159'),
  (11, 13, 'IMG_0011.jpg', 1, 'd91552a6ed648a23dc40be4f9a1b67441fc919465f46e2cb480edc254d10c3c8'),
  (12, 14, 'IMG_0012.jpg', 1, 'b08c99accd776f34be239106b6bcd82d751ec3afa633f9e5da7cbab515e9113b');
insert into photograph (id, object_id, file_name, position, sha256) values
  (13, 15, 'IMG_0013.jpg', 1, '965A0CF7C6537851589B881F924BD0DF3A7177FEA7141D3FEDBE91CE62A9C493'),
  (14, 15, 'IMG_0014.jpg', 2, '41701A91FE7A81B8A97D25052B7B2248EDFEEBBB1FCAE661E501D55AD7A59755'),
  (15, 17, 'IMG_0015.jpg', 1, '58852cb878e30858435d90b8e59f41cf9b21e9e1efe6414ba5734cf32d1e871a'),
  (16, 17, 'IMG_0016.jpg', 2, '13c124a4948745232cc13bd985accc0af3aa99f732861f978f61337fe8122140');
insert into photograph (id, object_id, file_name, position, sha256) values
  (17, 18, 'IMG_0017.jpg', 1, 'ae5f174c5803ee873922709a74327d16de9146180312efec84d0d2da53c9fd2a'),
  (18, 20, 'IMG_0018.jpg', 1, '5311d37a81cbd367198b15dbc52376dff218c5ff48e8def04c7badc08f9426fd'),
  (19, 20, 'IMG_0019.jpg', 2, '4d78d3e41eca30520a35a60707ceaec36aa41ca7222c13b34a25aba58a8af88a'),
  (20, 21, 'IMG_0020.jpg', 1, '4d78d3e41eca30520a35a60707ceaec36aa41ca7222c13b34a25aba58a8af88a');
insert into photograph (id, object_id, file_name, position, sha256) values
  (21, 21, 'IMG_0021.jpg', 2, 'e95d0eb221a6aabeb87dc476e0455bbc1cddd0b7f792e3c67b86471f26005eb8'),
  (22, 22, 'IMG_0022.jpg', 1, '2aea64d7e91b312e742cb2803c1852b2bef78ce8233247bff006f229827c6bb7'),
  (23, 23, 'IMG_0023.jpg', 1, 'c60da0699cda079acccc3e805ed4f92f6b6e67de1cea5b067c72b68d3716a5f4'),
  (24, 24, 'IMG_0024.jpg', 1, '4ee85e63f7da7a1e40beed78d00bbea8014a948fc7e83e10a2e0d8f8cdf3c78f');
insert into photograph (id, object_id, file_name, position, sha256) values
  (25, 25, 'IMG_0025.jpg', 1, '22a9c627081a0b3e17c6a58c6be27a85e6561bf3a1b8cca79bd45cba243023a9'),
  (26, 25, 'IMG_0026.jpg', 2, '04abe5b3e94fe121692602cc8d7b36dddc6bed8c7a1268f98cc6dc2bd37495fd'),
  (27, 28, 'IMG_0027.jpg', 1, '82a39dc216da25e67b2b44b1991fbd4199da648a9520055a10eb8772a466e92e'),
  (28, 28, 'IMG_0028.jpg', 2, 'ec13d52a2acb9469d21bb008ef19bf6edf1d8b99937afca054213bdbc3b058e0');
insert into photograph (id, object_id, file_name, position, sha256) values
  (29, 29, 'IMG_0029.jpg', 1, 'e25be318826fd2ebfdaaa52678b9c810cdd58743975ae729cf63adb39e43777b'),
  (30, 30, 'IMG_0030.jpg', 1, 'e720da13d283696450d9bfe5a5e38625d6286051ef603a6e012599ed0fb8d834'),
  (31, 30, 'IMG_0031.jpg', 2, '626f7639dc84be90e53995f19b181d8a3bd75e68e6debc1e549c643ba00dbaba'),
  (32, 31, 'IMG_0032.jpg', 1, 'bc508a63f875b63f98e8aea5eeb1b0843907ad4c4d079f1d27c54a7123cd20ed');
insert into photograph (id, object_id, file_name, position, sha256) values
  (33, 32, 'IMG_0033.jpg', 1, '01d23d0f14741aafcd4354653bb8e2d4707f9f29f39d7d630d91f3b78b2cbb47'),
  (34, 34, 'IMG_0034.jpg', 1, '0dac92ea16975c567e47fa76089e942a47aa37266b54a41b689ab0b65bbcea86'),
  (35, 34, 'IMG_0035.jpg', 2, 'bcf01aa9cb937855d04cbee7e7410c94d6f9c67cd65b7815e38cc3dc5babc449'),
  (36, 36, 'IMG_0036.jpg', 1, '927b9887f7162e540d33aa91eff977e7d318ba3fc01fba76c7eccf13ab20da9d');
insert into photograph (id, object_id, file_name, position, sha256) values
  (37, 38, 'IMG_0037.jpg', 1, 'f2b2011811e14aeebf201f87317e7b7daa8a48e761fa9c5bb857c1ef74ac4a9f'),
  (38, 38, 'IMG_0038.jpg', 2, '78008052e11c2f7647a6ed48e278820c4eb0f78cc4e9987ec14b1e483a84922f'),
  (39, 39, 'IMG_0039.jpg', 1, 'dde41a267b90b6d0233b7734f2539d7244ecf9d9605de84593a0f5c0d32b6bc3'),
  (40, 42, 'IMG_0040.jpg', 1, '6257d8d2e5b769193d1c9b66ce502edb987454d8e33453514e163dc62c965b0e');
insert into photograph (id, object_id, file_name, position, sha256) values
  (41, 43, 'IMG_0041.jpg', 1, '6257d8d2e5b769193d1c9b66ce502edb987454d8e33453514e163dc62c965b0e'),
  (42, 44, 'IMG_0042.jpg', 1, '6257d8d2e5b769193d1c9b66ce502edb987454d8e33453514e163dc62c965b0e'),
  (43, 46, 'IMG_0043.jpg', 1, '13f767b3a61220d48d370f7ad2a24793ecea91614c99df22b2786bd80ff2c1a9'),
  (44, 47, 'IMG_0044.jpg', 1, '0c9feb0e5a7ca6cefcf3f79b21097edbe3871d8b5a43ae28288caf1c4c8913fd');
insert into photograph (id, object_id, file_name, position, sha256) values
  (45, 49, 'IMG_0045.jpg', 1, '46ed661cbba2f5ec01052f86a52e008f19e33465fe8df3f3280358b3d99fe950'),
  (46, 49, 'IMG_0046.jpg', 2, '82c5fb11d15a3d47492f7ca209fa453e059f9759ace91687851ee1cc28b594d5'),
  (47, 50, 'IMG_0047.jpg', 1, '1616dd6941ff061fc461a0a878d7da7a5a420109401e2a83ea575acd4616b939'),
  (48, 50, 'IMG_0048.jpg', 2, '0ea84eeb8fd289a8d78d8d4dff6902dad1d5d1682fae80c151c923744e9282d4');
insert into photograph (id, object_id, file_name, position, sha256) values
  (49, 51, 'IMG_0049.jpg', 1, '31b01e025e6b1dfd8037fb89f718a72c5ca8f801e93a07d6d93ccd61fec9bd43'),
  (50, 51, 'IMG_0050.jpg', 2, '804aa115f693515a294d740444cc745fa24341dd08dd48c68929c36ab371bcc6'),
  (51, 53, 'IMG_0051.jpg', 1, '3D77DC1FB5778F5E8B656FE3C27AC05C1195519FF4E37430F4DD1DF4125FF518'),
  (52, 54, 'IMG_0052.jpg', 1, '15b32ac2028700b674b3707f55ab9350ac8c9450a16c9a9da3e4f953d9133995');
insert into photograph (id, object_id, file_name, position, sha256) values
  (53, 54, 'IMG_0053.jpg', 2, '8da4aa08dce2fab2c452adb501433c281ed1a53f0649c3fc008349a39362a1eb'),
  (54, 56, 'IMG_0054.jpg', 1, '5ddf21b3a7b6b911f5a81538609df20ceee76a6853f162889014d4d80219da4c'),
  (55, 57, 'IMG_0055.jpg', 1, '97c6b36b3c2ab73072c5149a9f17adadf948b5a327a5dfb3baf8479db63c0854'),
  (56, 58, 'IMG_0056.jpg', 1, '503532d7bc08ee1f36ea137a39f94dca9aa29dd15ba1c43097bd09786eb9206e');
insert into photograph (id, object_id, file_name, position, sha256) values
  (57, 58, 'IMG_0057.jpg', 2, 'b119c3d1219123c12ae0e2a2db836953262986e05fbec960bb8d4015ca2321b6'),
  (58, 59, 'IMG_0058.jpg', 1, '04296133e1d2d5b17dab72f0e0fe11085154c7c8c5b2f27ce6da1328264ce910'),
  (59, 59, 'IMG_0059.jpg', 2, 'a2651d6d43d84cc91c6411ace09fda62e84794296386612360ccffbc3f4bc83c'),
  (60, 62, 'IMG_0060.jpg', 1, '7b476b72af211df891fc9580d8553d39b2586f63c73d98f6e3af69a8990d427a');
insert into photograph (id, object_id, file_name, position, sha256) values
  (61, 62, 'IMG_0061.jpg', 2, 'afa085af7d0d6ada7884fde5117f37d0ca20fe2df7c37d4450a7a51654b276e5'),
  (62, 63, 'IMG_0062.jpg', 1, 'a2187d4e9784098d755326891c466fe6cbc0aa2e8ebe4b5696d13dc97a7842d9'),
  (63, 64, 'IMG_0063.jpg', 1, 'd5c688406b020ae833831712b143253b11f4c8101e905dd6d791b088fdc5c5ee'),
  (64, 65, 'IMG_0064.jpg', 1, 'c1b1eb839008310885e04c9b07ec92237a31d89ffd8672dec9882d4099e4e467');
insert into photograph (id, object_id, file_name, position, sha256) values
  (65, 65, 'IMG_0065.jpg', 2, '9f53e112e100f01b54c1de2e154683246ac6f9361cef0e85d6020b0dc9f4a16f'),
  (66, 67, 'IMG_0066.jpg', 1, '601e080a072f1b0a4876447ad486c82eef78ade36bb316202dd89b031b038af0'),
  (67, 69, 'IMG_0067.jpg', 1, '442c62739997f76b6b40b11ec3b67d69747887650881ab2aaa815232d332dd63'),
  (68, 72, 'IMG_0068.jpg', 1, '6c22b5828f40dbaff09dd8450052faab56826a3f378c9897151dccfaaccb5f1b');
insert into photograph (id, object_id, file_name, position, sha256) values
  (69, 74, 'IMG_0069.jpg', 1, '556c342ab94f01b290e261aa180f5c62c88602accbd730dfa46a9b64c9c4a4df'),
  (70, 74, 'IMG_0070.jpg', 2, 'caa34532c1ebe923907ee0101879f147a63ac57fdc833d1fc50e1e6122db77ce'),
  (71, 75, 'Hafenansicht (Rückseite), größer.tif', 1, 'c92519e6986a908c681f651669b68329cc23db4663e97dae8939d2eb6977568c'),
  (72, 76, 'IMG_0072.jpg', 1, '544a108512637b171387c0e8269e244bbfb588c6cf43c46631f462822b47b925');
insert into photograph (id, object_id, file_name, position, sha256) values
  (73, 77, 'IMG_0073.jpg', 1, 'd8bb15535d904c3923f9944b470a5dac74d726b7351a97a941a36725461080b8'),
  (74, 78, 'IMG_0074.jpg', 1, '24303dc237bc3a8614b5c600a6d3d1e02fbf282ce16f286e17564aa23f4a99f9'),
  (75, 79, 'IMG_0075.jpg', 1, 'd5a9b37e78ea04a543ff2798732fedd6f389f32a0cc9063fc915b169ff63d183'),
  (76, 80, 'IMG_0076.jpg', 1, '683cbc3f736328336f63915bb44ca415124ad313579c808fd5030ea564b34134');
insert into photograph (id, object_id, file_name, position, sha256) values
  (77, 81, 'IMG_0077.jpg', 1, 'edc60e87042a723492fa812afda02f77db3e3a4399af968a78864b5cce07c5c7'),
  (78, 81, 'IMG_0078.jpg', 2, '5ee04264a0ce77c815f101c5930093ca9403729597f8b374c02088e9a33ac0e2'),
  (79, 83, 'IMG_0079.jpg', 1, '62d8c41bdcdfdc6d6afb67ef9f7ed976410a381eb457c98c798f06a63e5fe347'),
  (80, 86, 'IMG_0080.jpg', 1, 'e3ce6e36cece273555124a36d556f0a314c8381536e8cf05cbc34ff4d021995c');
insert into photograph (id, object_id, file_name, position, sha256) values
  (81, 87, 'IMG_0081.jpg', 1, 'a01d4ea2fac122b01a01de8c726ca4a4ea8920f978a7a49cd787d1ef688563c5'),
  (82, 88, 'IMG_0082.jpg', 1, '6fdb3e5ac5355a5dd9f4aeff47b3d116aee729f11afe77412aab786df1a02ec7'),
  (83, 90, 'IMG_0083.jpg', 1, '0f235c6d81491137765dd08ed05e9ee94e1c47390d4983a3ac95f7406336f181'),
  (84, 90, 'IMG_0084.jpg', 2, '9c00067e4d55213e48bfa42516a7f55f1d5839df8aaa8ad899bede909d1a6383');
insert into photograph (id, object_id, file_name, position, sha256) values
  (85, 91, 'IMG_0085.jpg', 1, '4c1fee393a50ad03d9f64e7c9905cbc5e76679c800ae3a141ead000890a10116'),
  (86, 91, 'IMG_0086.jpg', 2, '43777d306b6f9976299af607b57a445fde8e814a893cb4874a3368e7a828917c'),
  (87, 93, 'IMG_0087.jpg', 1, '1165d0d53adf1e2af863b717b48383bd7482c4600ee18d9d0b6e35a4dd9d2464'),
  (88, 93, 'IMG_0088.jpg', 2, '999bb77a6202f247834d260706858c69acecf1e6d0ff9a23b84bdd91fb0649e8');
insert into photograph (id, object_id, file_name, position, sha256) values
  (89, 95, 'IMG_0089.jpg', 1, 'f81add252607da503bd87235982dcd0996cee4ead7680a8b1fbe556e4f6b6029'),
  (90, 95, 'IMG_0090.jpg', 2, '00242b9e6cd6fcc9be9669c6a289b85da465515466be7a7b784197efc4fc2e94'),
  (91, 96, 'IMG_0091.jpg', 1, 'e1ae83f0efd16b8cce9445381183511c8e9befdbd7e63c77bf9c836f3042c125'),
  (92, 96, 'IMG_0092.jpg', 2, 'f3dd0011b76dd14a338fd5af7d10a55d0fcbd19ac0b1bc7234aa50abc5228a6d');
insert into photograph (id, object_id, file_name, position, sha256) values
  (93, 97, 'IMG_0093.jpg', 1, 'd87426624ad52cc2cb0f66a6b6a0c7049f59ca1992893d19ecf5557c107d2a95'),
  (94, 97, 'IMG_0094.jpg', 2, 'd453ba5ff23c8cd636d586e306c3b15e95280a852a803b3f61f0736740041001'),
  (95, 98, 'IMG_0095.jpg', 1, '4f88c30f343c4bc11954c6b55d70ab400c8f1477e00a439e5950183387e227f4'),
  (96, 98, 'IMG_0096.jpg', 2, 'c99818ef7a87773b6faf32a7b31e8bcdf0a6e60ebb355d8a5b8f21b279788b7d');
insert into photograph (id, object_id, file_name, position, sha256) values
  (97, 99, 'IMG_0097.jpg', 1, 'c4fdee3790c78a24c0b3320c9925c7869665e87ab45e989e5af7516b4c57e149'),
  (98, 99, 'IMG_0098.jpg', 2, '58c2d7aa13d28b6c43dd3735aa43e0370ed53a21c22a640fa79982b9e3e14a20'),
  (99, 100, 'IMG_0099.jpg', 1, 'caf7f5b2bb5a4e4b5f06386b8846d179016d5ab796b217069f4ae35590208beb'),
  (100, 102, 'IMG_0100.jpg', 1, '088996a7542ef76063201635abc0a813d5a7a2c77e874b120467ccabb9f3580a');
insert into photograph (id, object_id, file_name, position, sha256) values
  (101, 102, 'IMG_0101.jpg', 2, '529f88ec6182ad587027890f6424480c9f38de94f1576be7b83083b4927c0b35'),
  (102, 103, 'IMG_0102.jpg', 1, 'd7552f2b49a0ad157b2e9d22b29d343bc83e08b00fa62f77d7ccd767115a5ae4'),
  (103, 103, 'IMG_0103.jpg', 2, '21200a4f0ed5c02177475335714ed4fa477d0590ce571a6e17a5c51e9b508e5d'),
  (104, 104, 'IMG_0104.jpg', 1, 'b2e00125990b9e68b201cea4a694ea714b87919d1eaf5654f06223ed944bfe37');
insert into photograph (id, object_id, file_name, position, sha256) values
  (105, 104, 'IMG_0105.jpg', 2, '60a0d33f3ca50a21b6568b538a0896dc900d33ac84a812e9ffee4789c1a9b932'),
  (106, 106, 'IMG_0106.jpg', 1, '187fb752807085bfe037d4be2d68219d2ee39a393e3a3d1276b27282984c8dc6'),
  (107, 107, 'IMG_0107.jpg', 1, '38f1e6fe32a7341339275c45f93094c38e014281cdf259c283ef68b8a4fb5ad1'),
  (108, 107, 'IMG_0108.jpg', 2, '1bbeaabc9ccb2c7579ad23131197ab60b068032bca84c60ae851c1b7b605ce75');
insert into photograph (id, object_id, file_name, position, sha256) values
  (109, 108, 'IMG_0109.jpg', 1, '26245853d600c3351a3d7cd87f7085fbf2246cdd9fcb1cc4f9ad8db446e4c903'),
  (110, 108, 'IMG_0110.jpg', 2, '079f14cd608959ee9db4a1226f19ab9fafb53701732a52791e5872978fb9d8b3'),
  (111, 109, 'IMG_0111.jpg', 1, '51a3b83384813bfbcb7719274a59bfeb1392da2b58afccecf6f9263acacec2fe'),
  (112, 109, 'IMG_0112.jpg', 2, '481aec0523a095f79a07b438d28acc5c9bb3acac02d4094015cf757da4feabc0');
insert into photograph (id, object_id, file_name, position, sha256) values
  (113, 111, 'IMG_0113.jpg', 1, '4b9065195f3029831c2d291e0772a2cc672dfac69fbbfd1f1e4148ab822b09ad'),
  (114, 111, 'IMG_0114.jpg', 2, 'b13f917e4e100cb873aee81b1022e3da40f1bc86ff39555bc07d9bdf4011f377'),
  (115, 112, 'IMG_0115.jpg', 1, '93b0ee4f897f5ac9f7f67161727372fa39ded5b3dae7fd78d90ff9cd18939e14'),
  (116, 113, 'IMG_0116.jpg', 1, 'e39b42c5ddc584ec8e20967ed1086c31fac39db496fe661963d91ceb2aa159d8');
insert into photograph (id, object_id, file_name, position, sha256) values
  (117, 114, 'IMG_0117.jpg', 1, 'ac8595aef16f86f29c94c7f478c45e2dd78594d7ca943dca46f2dd3d9b3a6c95'),
  (118, 115, 'IMG_0118.jpg', 1, '2be4514dea36f54687d5572b55c54a65adc49c936379abb4e02fe0d26de4afc4'),
  (119, 115, 'IMG_0119.jpg', 2, 'd04cf3f52cfa16ce6d17e5b191e484a5d67ecc043d5b086448c246cf54079ba9'),
  (120, 116, 'IMG_0120.jpg', 1, '9463f642d8cfa365ebd3dd39705d813ac593b286eb0e89f0e9ad255258e3cd11');
insert into photograph (id, object_id, file_name, position, sha256) values
  (121, 116, 'IMG_0121.jpg', 2, '86ef8311190cfc39f7e175d0f80232e5c1d4aadd00ae06f5d46af2eaf9e8af10'),
  (122, 119, 'IMG_0122.jpg', 1, '4226058d6efda3bc4dd2dc38cfb1f8c791c4b9dcbdbb2aec7d74ba9dfd98c869');
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (100, '2019-10-26 22:00+02', 17.4, 55),
  (100, '2019-10-26 22:30+02', 19.9, 42.1),
  (100, '2019-10-26 23:00+02', 19.5, 55.6),
  (100, '2019-10-26 23:30+02', 19.4, 41.1);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (100, '2019-10-27 00:00+02', 18.3, 52.3),
  (100, '2019-10-27 00:30+02', 19.4, 53.0),
  (100, '2019-10-27 01:00+02', 18.9, 0),
  (100, '2019-10-27 01:30+02', 19.3, 52.4);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (100, '2019-10-27 02:00+02', 17.2, 55.7),
  (100, '2019-10-27 02:30+02', 17.6, 44.0),
  (100, '2019-10-27 02:00+01', 19.0, 45.0),
  (100, '2019-10-27 02:30+01', 18.8, 45.5);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (100, '2019-10-27 03:00+01', 19.5, 45.5),
  (100, '2019-10-27 03:30+01', 17.7, 54.2),
  (100, '2019-10-27 04:00+01', 19.4, 45.7),
  (100, '2019-10-27 04:30+01', 17.8, 48.8);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (100, '2019-10-27 05:00+01', 18.0, 58.3),
  (100, '2019-10-27 05:30+01', 17.5, 40.7),
  (101, '2019-10-26 22:00+02', -22.5, 100),
  (101, '2019-10-26 22:30+02', 19.9, 42.8);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (101, '2019-10-26 23:00+02', 18.7, 41.4),
  (101, '2019-10-26 23:30+02', 19.9, 47.8),
  (101, '2019-10-27 00:00+02', 19.0, 44.9),
  (101, '2019-10-27 00:30+02', -22.5, 50.2);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (101, '2019-10-27 01:00+02', 18.9, 45.5),
  (101, '2019-10-27 01:30+02', 17.4, 59.1),
  (101, '2019-10-27 02:00+02', 17.4, 49.1),
  (101, '2019-10-27 02:30+02', 19.4, 52.4);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (101, '2019-10-27 02:00+01', -22.5, 42.7),
  (101, '2019-10-27 02:30+01', 19.5, 55.7),
  (101, '2019-10-27 03:00+01', 17.6, 55),
  (101, '2019-10-27 03:30+01', 17.7, 57.7);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (101, '2019-10-27 04:00+01', 18.5, 44.3),
  (101, '2019-10-27 04:30+01', -22.5, 58.9),
  (101, '2019-10-27 05:00+01', 18.7, 40.5),
  (101, '2019-10-27 05:30+01', 18.2, 50.8);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (200, '2019-10-26 22:00+02', 19.8, 50.5),
  (200, '2019-10-26 22:30+02', 18.1, 52.4),
  (200, '2019-10-26 23:00+02', 18.5, 48.8),
  (200, '2019-10-26 23:30+02', 19.9, 48.0);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (200, '2019-10-27 00:00+02', 18.0, 47.6),
  (200, '2019-10-27 00:30+02', 19.9, 52.3),
  (200, '2019-10-27 01:00+02', 17.8, 50.5),
  (200, '2019-10-27 01:30+02', 18.4, 48.0);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (200, '2019-10-27 02:00+02', 17.5, 59.6),
  (200, '2019-10-27 02:30+02', 19.4, 55.0),
  (200, '2019-10-27 02:00+01', 19.6, 58.5),
  (200, '2019-10-27 02:30+01', 17.7, 49.8);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (200, '2019-10-27 03:00+01', 19.0, 50.5),
  (200, '2019-10-27 03:30+01', 19.3, 45.0),
  (200, '2019-10-27 04:00+01', 20.0, 49.8),
  (200, '2019-10-27 04:30+01', 17.3, 52.1);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (200, '2019-10-27 05:00+01', 18.6, 57.7),
  (200, '2019-10-27 05:30+01', 19.4, 51.3),
  (300, '2019-10-26 22:00+02', 19.1, 55),
  (300, '2019-10-26 22:30+02', 17.9, 55.9);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (300, '2019-10-26 23:00+02', 18.9, 57.8),
  (300, '2019-10-26 23:30+02', 18.1, 50.2),
  (300, '2019-10-27 00:00+02', 19.2, 49.7),
  (300, '2019-10-27 00:30+02', 17.1, 40.4);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (300, '2019-10-27 01:00+02', 18.6, 100),
  (300, '2019-10-27 01:30+02', 18.0, 48.3),
  (300, '2019-10-27 02:00+02', 19.6, 51.4),
  (300, '2019-10-27 02:30+02', 18.9, 59.2);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (300, '2019-10-27 02:00+01', 17.5, 42.4),
  (300, '2019-10-27 02:30+01', 19.8, 49.4),
  (300, '2019-10-27 03:00+01', 19.9, 100),
  (300, '2019-10-27 03:30+01', 19.3, 55.2);
insert into reading (location_id, at, temperature_c, humidity_percent) values
  (300, '2019-10-27 04:00+01', 17.6, 48.9),
  (300, '2019-10-27 04:30+01', 19.6, 53.1),
  (300, '2019-10-27 05:00+01', 17.8, 42.1),
  (300, '2019-10-27 05:30+01', 17.8, 59.2);
